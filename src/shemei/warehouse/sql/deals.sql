-- Orders and refunds as they were told, by whomever and however often.
SELECT workspace, event_id, kind, source, customer, phone, order_id, click_id, $dims,
       visitor_key, ts, amount, day, week, quantity
FROM fresh
WHERE kind IN ('order', 'refund')
