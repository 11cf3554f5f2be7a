-- Every customer and phone, and every browser that something connects, numbered by first sight.
WITH joined AS (
    SELECT workspace, a AS node FROM edges WHERE a LIKE 'v%'
    UNION
    SELECT workspace, b AS node FROM edges WHERE b LIKE 'v%'
),
browsers AS (
    SELECT workspace, CAST(SUBSTRING(node, 2) AS BIGINT) AS visitor_key FROM joined
),
seen AS (
    SELECT s.workspace, 'v' AS kind, CAST(s.visitor_key AS VARCHAR) AS value, MIN(s.ts) AS first_ts
    FROM $sightings AS s
    JOIN browsers AS b ON b.workspace = s.workspace AND b.visitor_key = s.visitor_key
    GROUP BY s.workspace, s.visitor_key
    UNION ALL
    SELECT workspace, 'c' AS kind, customer AS value, MIN(ts) AS first_ts
    FROM $sightings AS s WHERE customer <> '' GROUP BY workspace, customer
    UNION ALL
    SELECT workspace, 'p' AS kind, phone AS value, MIN(ts) AS first_ts
    FROM $sightings AS s WHERE phone <> '' GROUP BY workspace, phone
)
SELECT workspace, kind, value, first_ts,
       ROW_NUMBER() OVER (ORDER BY first_ts, workspace, kind, value) - 1 AS id
FROM seen
