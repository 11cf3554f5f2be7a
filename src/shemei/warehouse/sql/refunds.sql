-- Refunds that were booked in the period, and those of its orders whenever they were booked; each once, at what
-- it comes to with its recounts, beside the order it belongs to, with its part between the totals. A recount is told at the
-- moment of its refund and of the same order; of several refunds there the first takes it, and where there is
-- none it stands for itself. An order that nobody gave a number has no refund of its own.
WITH told AS (
    SELECT order_id, event_id, kind, ts, day, amount,
           SUM(CASE WHEN kind = 'recount' THEN amount ELSE 0 END) OVER (
               PARTITION BY order_id, ts
           ) AS recounted,
           ROW_NUMBER() OVER (
               PARTITION BY order_id, ts
               ORDER BY CASE WHEN kind = 'refund' THEN 0 ELSE 1 END, event_id
           ) AS place
    FROM $deals AS r
    WHERE workspace = $workspace AND kind IN ('refund', 'recount') AND suspect = ''
),
given AS (
    SELECT t.order_id, t.event_id, t.ts, t.day,
           CAST(CASE WHEN t.place > 1 THEN t.amount WHEN t.kind = 'refund' THEN t.amount + t.recounted
                     ELSE t.recounted END AS BIGINT) AS amount
    FROM told AS t
    WHERE t.kind = 'refund' OR t.place = 1
)
SELECT d.order_id AS order_id, d.event_id AS event_id, d.ts AS ts, d.day AS day, d.amount AS amount,
       COALESCE(o.ts, 0) AS paid_ts, COALESCE(o.day, 0) AS paid_day, COALESCE(o.amount, 0) AS paid,
       COALESCE(o.suspect, '') AS suspect,
       CASE WHEN COALESCE(o.day, 0) = 0 OR COALESCE(o.suspect, '') <> '' THEN 'unknown'
            WHEN o.day < $first THEN 'older' WHEN o.day > $last THEN 'newer'
            WHEN d.day < $first THEN 'early' WHEN d.day > $last THEN 'later' ELSE 'own' END AS part
FROM given AS d
LEFT JOIN (
    SELECT order_id, ts, day, amount, suspect
    FROM $orders AS f WHERE workspace = $workspace AND order_id <> event_id
) AS o ON o.order_id = d.order_id
WHERE d.day BETWEEN $first AND $last
   OR (COALESCE(o.day, 0) BETWEEN $first AND $last AND COALESCE(o.suspect, '') = '')
