-- Identities seen with each click and each order: v visitor, c customer, p phone.
SELECT workspace, click_id, order_id, 'v' AS kind, CAST(visitor_key AS VARCHAR) AS value, ts
FROM $sightings AS s WHERE visitor_key <> 0
UNION ALL
SELECT workspace, click_id, order_id, 'c' AS kind, customer AS value, ts
FROM $sightings AS s WHERE customer <> ''
UNION ALL
SELECT workspace, click_id, order_id, 'p' AS kind, phone AS value, ts
FROM $sightings AS s WHERE phone <> ''
