-- Summed measures by dimensions: cells, orders once each, and distinct people where asked for.
WITH facts AS (
    SELECT $by_list $cell_sums
    FROM $cells AS c
    WHERE workspace = $workspace AND day BETWEEN $first AND $last $cell_where
    $by_group
    UNION ALL
    SELECT $by_list $order_sums
    FROM $orders AS o
    WHERE workspace = $workspace AND day BETWEEN $first AND $last $cell_where
    $by_group
    $people_part
)
SELECT $by_list $metrics
FROM facts
$by_group
$having
ORDER BY $order_by
