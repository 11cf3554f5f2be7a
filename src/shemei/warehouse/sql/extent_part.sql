SELECT MIN(day) AS first_day, MAX(day) AS last_day
FROM $table AS t
WHERE workspace = $workspace AND day BETWEEN $first AND $last $cell_where
GROUP BY workspace
