-- Refunds one by one, the newest first.
SELECT order_id, event_id, ts, day, amount, paid_ts, paid_day, paid, suspect, part
FROM ($refunds) AS f
WHERE paid_ts >= 0 $part_where
ORDER BY ts DESC, event_id
LIMIT $limit
