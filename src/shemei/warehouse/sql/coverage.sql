-- All orders of the period and their worth, tracked or not.
SELECT COUNT(*) AS orders, CAST(COALESCE(SUM(value), 0) AS BIGINT) AS worth
FROM $orders AS o
WHERE workspace = $workspace AND day BETWEEN $first AND $last AND suspect = ''
