-- Every customer and phone, and every browser that something connects, numbered by first sight.
SELECT workspace, kind, value, first_ts,
       ROW_NUMBER() OVER (ORDER BY first_ts, workspace, kind, value) - 1 AS id
FROM (
    SELECT m.workspace, m.kind, m.value, MIN(m.ts) AS first_ts
    FROM members AS m
    LEFT JOIN (
        SELECT workspace, a AS node FROM edges UNION SELECT workspace, b AS node FROM edges
    ) AS e ON e.workspace = m.workspace AND e.node = m.kind || m.value
    WHERE m.kind <> 'v' OR e.node IS NOT NULL
    GROUP BY m.workspace, m.kind, m.value
) AS seen
