-- Journeys without an order whose last touch lies in the period.
SELECT path, CAST(SUM(journeys) AS BIGINT) AS times
FROM $nulls AS n
WHERE workspace = $workspace AND dimension = $dimension AND day BETWEEN $first AND $last
GROUP BY path
ORDER BY path
