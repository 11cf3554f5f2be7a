-- Evidence that two identities are one person: seen in one event, with one order, or with one click.
-- A click that many browsers or two buyers carry is a passed-on address and proves nothing.
-- v browser, c customer, p phone.
WITH browsers AS (
    SELECT workspace, click_id, visitor_key
    FROM $sightings AS s WHERE click_id <> '' AND visitor_key <> 0
    GROUP BY workspace, click_id, visitor_key
),
buyers AS (
    SELECT workspace, click_id, customer, phone
    FROM $sightings AS s WHERE click_id <> '' AND (customer <> '' OR phone <> '')
    GROUP BY workspace, click_id, customer, phone
),
passed_on AS (
    SELECT workspace, click_id FROM buyers GROUP BY workspace, click_id
    HAVING COUNT(DISTINCT NULLIF(customer, '')) > 1 OR COUNT(DISTINCT NULLIF(phone, '')) > 1
),
clicks AS (
    SELECT b.workspace, b.click_id, COUNT(*) AS browsers, MIN(b.visitor_key) AS lowest,
           MAX(b.visitor_key) AS highest
    FROM browsers AS b
    LEFT JOIN passed_on AS p ON p.workspace = b.workspace AND p.click_id = b.click_id
    WHERE p.click_id IS NULL
    GROUP BY b.workspace, b.click_id
    HAVING COUNT(*) <= $most_with_click
),
by_click AS (
    SELECT DISTINCT workspace, lowest, other
    FROM (
        SELECT workspace, lowest, highest AS other FROM clicks WHERE browsers >= 2
        UNION ALL
        SELECT c.workspace, c.lowest, b.visitor_key AS other
        FROM clicks AS c
        JOIN browsers AS b ON b.workspace = c.workspace AND b.click_id = c.click_id
        WHERE c.browsers > 2 AND b.visitor_key <> c.lowest
    ) AS pairs
),
ordered AS (
    SELECT workspace, order_id, 'v' || CAST(visitor_key AS VARCHAR) AS node
    FROM $sightings AS s WHERE order_id <> '' AND visitor_key <> 0
    UNION
    SELECT workspace, order_id, 'c' || customer AS node
    FROM $sightings AS s WHERE order_id <> '' AND customer <> ''
    UNION
    SELECT workspace, order_id, 'p' || phone AS node
    FROM $sightings AS s WHERE order_id <> '' AND phone <> ''
),
by_order AS (
    SELECT workspace, order_id, MIN(node) AS anchor FROM ordered
    GROUP BY workspace, order_id HAVING COUNT(*) BETWEEN 2 AND $most_with_order
)
SELECT DISTINCT workspace, a, b
FROM (
    SELECT workspace, 'v' || CAST(lowest AS VARCHAR) AS a, 'v' || CAST(other AS VARCHAR) AS b
    FROM by_click
    UNION ALL
    SELECT c.workspace, 'v' || CAST(c.lowest AS VARCHAR) AS a, 'c' || u.customer AS b
    FROM clicks AS c
    JOIN buyers AS u ON u.workspace = c.workspace AND u.click_id = c.click_id
    WHERE u.customer <> ''
    UNION ALL
    SELECT c.workspace, 'v' || CAST(c.lowest AS VARCHAR) AS a, 'p' || u.phone AS b
    FROM clicks AS c
    JOIN buyers AS u ON u.workspace = c.workspace AND u.click_id = c.click_id
    WHERE u.phone <> ''
    UNION ALL
    SELECT o.workspace, g.anchor AS a, o.node AS b
    FROM ordered AS o
    JOIN by_order AS g ON g.workspace = o.workspace AND g.order_id = o.order_id
    UNION ALL
    SELECT workspace, 'v' || CAST(visitor_key AS VARCHAR) AS a, 'c' || customer AS b
    FROM $sightings AS s WHERE visitor_key <> 0 AND customer <> ''
    UNION ALL
    SELECT workspace, 'v' || CAST(visitor_key AS VARCHAR) AS a, 'p' || phone AS b
    FROM $sightings AS s WHERE visitor_key <> 0 AND phone <> ''
    UNION ALL
    SELECT workspace, 'c' || customer AS a, 'p' || phone AS b
    FROM $sightings AS s WHERE customer <> '' AND phone <> ''
) AS found
WHERE a <> b
