-- Rows of the log, newest first.
SELECT $log_columns
FROM $events AS e
WHERE workspace = $workspace AND day BETWEEN $first AND $last $event_where
ORDER BY ts DESC, event_id DESC
LIMIT $limit
