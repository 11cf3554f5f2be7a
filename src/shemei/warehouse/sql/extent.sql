-- The first and the last day on which anything is told. A table without such a day has no row here, so
-- that no engine takes its emptiness for the day 0.
WITH told AS (
    $parts
)
SELECT COALESCE(MIN(first_day), 0) AS first_day, COALESCE(MAX(last_day), 0) AS last_day
FROM told
