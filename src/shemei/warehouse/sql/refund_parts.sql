-- How many refunds make each part and what they come to; by how much the refunds of orders exceed them is one more.
SELECT part, times, total
FROM (
    SELECT f.part AS part, COUNT(*) AS times, CAST(SUM(f.amount) AS BIGINT) AS total
    FROM ($refunds) AS f GROUP BY f.part
    UNION ALL
    SELECT 'over' AS part, COUNT(*) AS times, CAST(SUM(o.refunded - o.amount) AS BIGINT) AS total
    FROM $period_orders AS o
    WHERE o.workspace = $workspace AND o.day BETWEEN $first AND $last AND o.suspect = ''
      AND o.refunded > o.amount
) AS p
WHERE times > 0
ORDER BY part
