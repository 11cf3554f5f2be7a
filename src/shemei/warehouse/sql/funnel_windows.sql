-- Going back in time, each row learns when the steps after it can be reached soonest. Of starts at one
-- moment that lead as far the first in line counts, which is the one that got there soonest.
marked AS (
    SELECT d.person AS person, d.ts AS ts, $d_list $marks
    FROM ($deeds) AS d $only
    WHERE d.person <> 0
),
${levels}started AS (
    SELECT person, $by_list ts AS t_1, $times
    FROM $nearest WHERE is_1 = 1
),
ranked AS (
    SELECT s.*, ROW_NUMBER() OVER (
               PARTITION BY person ORDER BY $reached DESC, t_1 $then_by $then_soonest
           ) AS place
    FROM started AS s
)
