-- People who did the steps in order, each within so many days of the first. Every event of the first
-- step is tried as a start; what counts is the start that leads furthest, the earliest of these.
WITH named AS (
    SELECT kind, value, person FROM $persons AS k WHERE workspace = $workspace
),
named_v AS (SELECT CAST(value AS BIGINT) AS visitor_key, person FROM named WHERE kind = 'v'),
named_c AS (SELECT value, person FROM named WHERE kind = 'c'),
named_p AS (SELECT value, person FROM named WHERE kind = 'p'),
$parts,
best AS (
    $best
),
waits AS (
    $waits
),
placed AS (
    SELECT waits.*, ROW_NUMBER() OVER (PARTITION BY $by_list step ORDER BY waited) AS place,
           COUNT(*) OVER (PARTITION BY $by_list step) AS n
    FROM waits
)
SELECT $by_list 1 AS step, COUNT(*) AS people, 0e0 AS median FROM best $by_group
UNION ALL
SELECT $by_list step, MAX(n) AS people, MIN(CASE WHEN place * 2 >= n THEN waited END) / ${places}e0 AS median
FROM placed
GROUP BY $by_list step
