-- Touches with their person. A click and the visits that carry its id are one touch, unless a visit
-- came later and by another channel of its own.
WITH resolved AS (
    SELECT t.workspace AS workspace, t.event_id AS event_id, t.kind AS kind,
           t.order_id AS order_id, $t_touch_dims, t.ts AS ts, t.day AS day,
           COALESCE(c.person, p.person, v.person, t.visitor_key) AS person,
           CASE WHEN t.kind IN ('click', 'visit') THEN t.click_id ELSE '' END AS same
    FROM $touches AS t
    LEFT JOIN people_c AS c ON c.workspace = t.workspace AND c.value = t.customer
    LEFT JOIN people_p AS p ON p.workspace = t.workspace AND p.value = t.phone
    LEFT JOIN people_v AS v ON v.workspace = t.workspace AND v.visitor_key = t.visitor_key
    WHERE t.day BETWEEN $first AND $last
),
told AS (
    SELECT workspace, person, same, event_id, ts, channel,
           ROW_NUMBER() OVER (
               PARTITION BY workspace, person, same ORDER BY ts, kind, event_id
           ) AS place,
           FIRST_VALUE(ts) OVER (
               PARTITION BY workspace, person, same ORDER BY ts, kind, event_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
           ) AS first_ts,
           FIRST_VALUE(channel) OVER (
               PARTITION BY workspace, person, same ORDER BY ts, kind, event_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
           ) AS first_channel
    FROM resolved WHERE same <> ''
),
again AS (
    SELECT workspace, event_id FROM told
    WHERE place > 1
      AND (ts - first_ts <= $same_touch OR channel = first_channel OR channel = 'direct')
)
SELECT r.workspace AS workspace, r.person AS person, r.event_id AS event_id, r.kind AS kind,
       r.order_id AS order_id, $r_touch_dims, r.ts AS ts, r.day AS day,
       CASE WHEN r.kind = 'visit' AND r.channel = 'direct' THEN 1 ELSE 0 END AS direct
FROM resolved AS r
LEFT JOIN again AS a ON a.workspace = r.workspace AND a.event_id = r.event_id
WHERE a.event_id IS NULL
