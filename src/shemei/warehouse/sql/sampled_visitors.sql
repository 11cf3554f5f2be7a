-- Visitors as so many times those of the sample.
SELECT $by_list COUNT(DISTINCT person) * $one_in AS visitors
FROM $sample AS s
WHERE workspace = $workspace AND day BETWEEN $first AND $last $cell_where
$by_group
ORDER BY $order_by
