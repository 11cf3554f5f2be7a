-- Journeys without an order by the day of their last touch.
SELECT day, path, CAST(SUM(journeys) AS BIGINT) AS times
FROM $nulls AS n
WHERE workspace = $workspace AND dimension = $dimension AND day BETWEEN $first AND $last
GROUP BY day, path
ORDER BY day, path
