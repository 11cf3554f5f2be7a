-- Pages that were passed on, those that reached the most people first; what comes after $most of them
-- is one line without a name.
WITH seen AS (
    SELECT s.page, s.share_depth, s.shared_by, s.visits,
           COALESCE(v.person, s.visitor_key) AS person
    FROM (SELECT * FROM $shared AS c WHERE workspace = $workspace
          AND day BETWEEN $first AND $last $cell_where) AS s
    LEFT JOIN (
        SELECT CAST(value AS BIGINT) AS visitor_key, person
        FROM $persons AS k WHERE workspace = $workspace AND kind = 'v'
    ) AS v ON v.visitor_key = s.visitor_key
),
reached AS (
    SELECT page, COUNT(DISTINCT CASE WHEN person <> 0 THEN person END) AS people,
           SUM(visits) AS opened
    FROM seen GROUP BY page
),
ranked AS (
    SELECT page, ROW_NUMBER() OVER (ORDER BY people DESC, opened DESC, page) AS place
    FROM reached
),
placed AS (
    SELECT CASE WHEN r.place <= $most THEN r.place ELSE $most + 1 END AS line,
           CASE WHEN r.place <= $most THEN s.page ELSE '' END AS shown,
           s.page AS own, s.share_depth AS depth, s.shared_by AS sharer, s.visits AS opened,
           s.person AS person
    FROM seen AS s
    JOIN ranked AS r ON r.page = s.page
),
counted AS (
    SELECT line, shown, COUNT(DISTINCT own) AS pages, SUM(opened) AS visits,
           COUNT(DISTINCT CASE WHEN person <> 0 THEN person END) AS visitors,
           COUNT(DISTINCT sharer) AS sharers, SUM(opened * depth) AS share_steps,
           MAX(depth) AS furthest
    FROM placed GROUP BY line, shown
)
SELECT shown AS page, pages, CAST(visits AS BIGINT) AS visits, visitors, sharers,
       CAST(share_steps AS BIGINT) AS share_steps, furthest
FROM counted
ORDER BY line
