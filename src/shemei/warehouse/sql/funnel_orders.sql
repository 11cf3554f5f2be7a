-- Orders as something people did.
SELECT o.person AS person, o.ts AS ts, 'order' AS kind, '' AS action$o_dims
FROM $orders AS o
WHERE o.workspace = $workspace AND o.day BETWEEN $first AND $last AND o.suspect = ''
