-- People who did the steps in order, each within so many days of the first. Every event of the first
-- step is tried as a start; what counts is the start that leads furthest, the earliest of these.
-- Going back in time, each row learns when the steps after it can be reached soonest.
WITH named AS (
    SELECT kind, value, person FROM $persons AS k WHERE workspace = $workspace
),
done AS (
    SELECT COALESCE(c.person, p.person, v.person, a.visitor_key) AS person,
           a.ts AS ts, a.kind AS kind, a.action AS action$a_dims
    FROM $acts AS a
    LEFT JOIN named AS c ON c.kind = 'c' AND c.value = a.customer
    LEFT JOIN named AS p ON p.kind = 'p' AND p.value = a.phone
    LEFT JOIN named AS v ON v.kind = 'v' AND CAST(v.value AS BIGINT) = a.visitor_key
    WHERE a.workspace = $workspace AND a.day BETWEEN $first AND $last AND a.kind IN ($kinds)
    UNION ALL
    SELECT o.person AS person, o.ts AS ts, 'order' AS kind, '' AS action$o_dims
    FROM $orders AS o
    WHERE o.workspace = $workspace AND o.day BETWEEN $first AND $last AND o.suspect = ''
      AND 'order' IN ($kinds)
),
marked AS (
    SELECT person, ts, $by_list $marks
    FROM done
    WHERE person <> 0
),
${levels}started AS (
    SELECT person, $by_list ts AS t_1, $times
    FROM $nearest WHERE is_1 = 1
),
ranked AS (
    SELECT s.*, ROW_NUMBER() OVER (PARTITION BY person ORDER BY $reached DESC, t_1 $then_by) AS place
    FROM started AS s
),
waits AS (
    $waits
),
placed AS (
    SELECT waits.*, ROW_NUMBER() OVER (PARTITION BY $by_list step ORDER BY waited) AS place,
           COUNT(*) OVER (PARTITION BY $by_list step) AS n
    FROM waits
)
SELECT $by_list step, MAX(n) AS people,
       MIN(CASE WHEN place * 2 >= n THEN waited END) AS median
FROM placed
GROUP BY $by_list step
ORDER BY $by_list step
