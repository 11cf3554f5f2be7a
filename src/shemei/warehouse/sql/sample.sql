-- One in so many persons, with what they came by on each day.
SELECT DISTINCT workspace, $pair_dims, person, day
FROM (
    SELECT p.*, COALESCE(v.person, p.visitor_key) AS person
    FROM $pairs AS p
    LEFT JOIN people_v AS v ON v.workspace = p.workspace AND v.visitor_key = p.visitor_key
    WHERE p.came = 1
) AS came
WHERE person % $one_in = 0
