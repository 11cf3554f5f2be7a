-- Visits, people and who passed the page on, by the number of hands; depth 0 is all of them.
WITH seen AS (
    SELECT s.share_depth AS depth, s.shared_by, s.visits, COALESCE(v.person, s.visitor_key) AS person
    FROM (SELECT * FROM $shared AS c WHERE workspace = $workspace
          AND day BETWEEN $first AND $last $cell_where) AS s
    LEFT JOIN (
        SELECT CAST(value AS BIGINT) AS visitor_key, person
        FROM $persons AS k WHERE workspace = $workspace AND kind = 'v'
    ) AS v ON v.visitor_key = s.visitor_key
),
counted AS (
    SELECT 0 AS depth, SUM(visits) AS visits,
           COUNT(DISTINCT CASE WHEN person <> 0 THEN person END) AS visitors,
           COUNT(DISTINCT shared_by) AS sharers
    FROM seen
    UNION ALL
    SELECT depth, SUM(visits) AS visits,
           COUNT(DISTINCT CASE WHEN person <> 0 THEN person END) AS visitors,
           COUNT(DISTINCT shared_by) AS sharers
    FROM seen GROUP BY depth
)
SELECT depth, CAST(COALESCE(visits, 0) AS BIGINT) AS visits, visitors, sharers
FROM counted
ORDER BY depth
