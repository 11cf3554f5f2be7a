-- Orders as they stand, each once, the newest first; one that does not count carries its reason. An order
-- that nobody gave a number is known by its event, and has none here.
SELECT CASE WHEN o.order_id = o.event_id THEN '' ELSE o.order_id END AS order_id, o.event_id, o.ts, o.day, o.week, o.person, o.number, o.amount, o.refunded, o.value,
       o.quantity, $o_dims
FROM $orders AS o
WHERE o.workspace = $workspace AND o.day BETWEEN $first AND $last $order_where
ORDER BY o.ts DESC, o.event_id
LIMIT $limit OFFSET $offset
