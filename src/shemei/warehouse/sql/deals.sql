-- Orders and refunds as they were told, by whomever and however often. A refund that only corrects the
-- amount of its order is no money given back: it stands as a correction. One that corrects an earlier
-- refund is money, but no refund of its own: it stands as a recount.
SELECT workspace, event_id,
       CASE WHEN f.kind = 'refund' AND f.action IN ('correction', 'recount') THEN f.action ELSE f.kind END AS kind,
       source, customer, phone, order_id, click_id, $dims,
       visitor_key, ts, amount, day, week, quantity
FROM fresh AS f
WHERE f.kind IN ('order', 'refund')
