    UNION ALL
    SELECT $by_list $people_sums
    FROM (
        SELECT p.*, COALESCE(v.person, p.visitor_key) AS person
        FROM $pairs AS p
        LEFT JOIN (
            SELECT workspace, CAST(value AS BIGINT) AS visitor_key, person
            FROM $persons AS k WHERE workspace = $workspace AND kind = 'v'
        ) AS v ON v.visitor_key = p.visitor_key
        WHERE p.workspace = $workspace AND p.day BETWEEN $first AND $last
    ) AS seen
    WHERE 1 = 1 $cell_where
    $by_group
