-- Everything one person did, oldest first; touches of the person's orders are marked.
SELECT $log_columns, $person AS person,
       CASE WHEN event_id IN ($in_path) THEN TRUE ELSE FALSE END AS in_path
FROM $events AS e
WHERE workspace = $workspace AND day BETWEEN $first AND $last $event_where
  AND ($identities)
ORDER BY ts, event_id
