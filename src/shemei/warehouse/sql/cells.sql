-- Every measure by day and dimensions. Orders are counted from the table of orders, once each. Days
-- know nothing of each other, so that settling day by day gives what settling all at once gives.
WITH pages AS (
    SELECT workspace, event_id, kind, ts,
           LEAD(kind) OVER (PARTITION BY workspace, visitor_key, day ORDER BY ts, event_id) AS next_kind,
           LEAD(ts) OVER (PARTITION BY workspace, visitor_key, day ORDER BY ts, event_id) AS next_ts
    FROM fresh
    WHERE kind IN ('visit', 'view') AND visitor_key <> 0
),
left_at_once AS (
    SELECT workspace, event_id, 1 AS bounced
    FROM pages
    WHERE kind = 'visit'
      AND (next_kind IS NULL OR next_kind = 'visit' OR next_ts - ts > $same_touch)
),
marked AS (
    SELECT f.*, 0 AS first, 0 AS repeat, COALESCE(b.bounced, 0) AS bounced,
           CASE WHEN f.share_depth > 0 THEN 1 ELSE 0 END AS shared,
           CASE WHEN f.channel = 'direct' AND f.click_id = '' AND f.share_depth = 0
                THEN 1 ELSE 0 END AS direct,
           CASE WHEN f.kind = 'refund' AND f.action = 'correction' THEN 0 ELSE 1 END AS given
    FROM fresh AS f
    LEFT JOIN left_at_once AS b ON b.workspace = f.workspace AND b.event_id = f.event_id
    WHERE f.kind <> 'order'
)
SELECT workspace, $dims, $measures, day, week
FROM marked
GROUP BY workspace, $dims, day, week
