-- The same where every id is known to be there once.
SELECT workspace, kind, action, event_id, day, week, $ts AS ts, visitor_key, customer, phone,
       order_id, click_id, source, amount, quantity, shared_by, share_depth,
       CASE WHEN share_depth = 0 THEN '' WHEN page = '' THEN '/' ELSE page END AS page, $dims
FROM $events AS e
