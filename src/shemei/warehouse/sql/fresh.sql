-- The columns of one month's changed days of the log that anything is computed from; each event once.
SELECT * FROM (
    SELECT workspace, kind, action, event_id, day, week, $ts AS ts, visitor_key, customer, phone,
           order_id, click_id, source, amount, quantity, shared_by, share_depth,
           CASE WHEN share_depth = 0 THEN '' WHEN page = '' THEN '/' ELSE page END AS page, $dims,
           ROW_NUMBER() OVER (PARTITION BY workspace, event_id ORDER BY kind) AS copy
    FROM $events AS e
) AS numbered
WHERE copy = 1
