-- Orders as they stand, each once, the newest first; one that does not count carries its reason.
SELECT o.order_id, o.event_id, o.ts, o.day, o.week, o.person, o.number, o.amount, o.refunded, o.value,
       o.quantity, $o_dims
FROM $orders AS o
WHERE o.workspace = $workspace AND o.day BETWEEN $first AND $last $order_where
ORDER BY o.ts DESC, o.order_id
LIMIT $limit OFFSET $offset
