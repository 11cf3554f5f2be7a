-- Refunds that were booked in the period, and those of its orders whenever they were booked; each beside
-- the order it belongs to, the newest first. An order that nobody gave a number has no refund of its own.
SELECT d.order_id AS order_id, d.event_id AS event_id, d.ts AS ts, d.day AS day, d.amount AS amount,
       COALESCE(o.ts, 0) AS paid_ts, COALESCE(o.day, 0) AS paid_day, COALESCE(o.amount, 0) AS paid,
       COALESCE(o.suspect, '') AS suspect
FROM $deals AS d
LEFT JOIN (
    SELECT order_id, ts, day, amount, suspect
    FROM $orders AS f WHERE workspace = $workspace AND order_id <> event_id
) AS o ON o.order_id = d.order_id
WHERE d.workspace = $workspace AND d.kind = 'refund' AND d.suspect = ''
  AND (d.day BETWEEN $first AND $last
       OR (COALESCE(o.day, 0) BETWEEN $first AND $last AND COALESCE(o.suspect, '') = ''))
ORDER BY d.ts DESC, d.event_id
