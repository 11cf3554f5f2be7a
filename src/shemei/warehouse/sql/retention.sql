-- How many people of each cohort came back in each later week or month; the size of a cohort has 0
-- for its span.
WITH seen AS (
    SELECT COALESCE(v.person, p.visitor_key) AS person, p.day, p.week
    FROM $pairs AS p
    LEFT JOIN (
        SELECT CAST(value AS BIGINT) AS visitor_key, person
        FROM $persons AS k WHERE workspace = $workspace AND kind = 'v'
    ) AS v ON v.visitor_key = p.visitor_key
    WHERE p.workspace = $workspace AND p.day <= $last AND p.came = 1 AND p.suspect = ''
),
bought AS (
    SELECT person, day, week, number
    FROM $orders AS o
    WHERE workspace = $workspace AND day <= $last AND suspect = '' AND person <> 0
),
starts AS ($starts),
cohorts AS (
    SELECT person, first_day, $cohort AS cohort FROM starts WHERE first_day >= $first
),
returns AS (
    SELECT DISTINCT c.cohort, c.person, $span AS span
    FROM cohorts AS c
    JOIN $back AS b ON b.person = c.person
    WHERE $again
)
SELECT cohort, 0 AS span, COUNT(*) AS people FROM cohorts GROUP BY cohort
UNION ALL
SELECT cohort, span, COUNT(*) AS people FROM returns GROUP BY cohort, span
