-- The same where every id is known to be there once.
SELECT workspace, kind, action, event_id, day, week, $ts AS ts, visitor_key, customer, phone,
       order_id, click_id, source, amount, quantity, shared_by, share_depth, $dims
FROM $events AS e
