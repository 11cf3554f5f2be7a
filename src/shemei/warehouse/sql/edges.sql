-- Evidence that two identities are one person: seen in one event, or with one order, or one click.
-- A click that many browsers carry is a passed-on address and proves nothing.
WITH by_order AS (
    SELECT workspace, order_id, MIN(kind || value) AS anchor
    FROM members WHERE order_id <> ''
    GROUP BY workspace, order_id
    HAVING COUNT(DISTINCT kind || value) BETWEEN 2 AND $most_with_order
),
by_click AS (
    SELECT workspace, click_id, MIN(kind || value) AS anchor
    FROM members WHERE click_id <> ''
    GROUP BY workspace, click_id
    HAVING COUNT(DISTINCT kind || value) >= 2
       AND COUNT(DISTINCT CASE WHEN kind = 'v' THEN value END) <= $most_with_click
       AND COUNT(DISTINCT CASE WHEN kind = 'c' THEN value END) <= 1
       AND COUNT(DISTINCT CASE WHEN kind = 'p' THEN value END) <= 1
)
SELECT DISTINCT workspace, a, b
FROM (
    SELECT workspace, 'v' || CAST(visitor_key AS VARCHAR) AS a, 'c' || customer AS b
    FROM $sightings AS s WHERE visitor_key <> 0 AND customer <> ''
    UNION ALL
    SELECT workspace, 'v' || CAST(visitor_key AS VARCHAR) AS a, 'p' || phone AS b
    FROM $sightings AS s WHERE visitor_key <> 0 AND phone <> ''
    UNION ALL
    SELECT workspace, 'c' || customer AS a, 'p' || phone AS b
    FROM $sightings AS s WHERE customer <> '' AND phone <> ''
    UNION ALL
    SELECT m.workspace, o.anchor AS a, m.kind || m.value AS b
    FROM members AS m
    JOIN by_order AS o ON o.workspace = m.workspace AND o.order_id = m.order_id
    UNION ALL
    SELECT m.workspace, k.anchor AS a, m.kind || m.value AS b
    FROM members AS m
    JOIN by_click AS k ON k.workspace = m.workspace AND k.click_id = m.click_id
) AS found
WHERE a <> b
