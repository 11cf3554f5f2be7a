-- Which identities were seen together. What is suspect joins nobody.
SELECT workspace, click_id, order_id, customer, phone, visitor_key, MIN(ts) AS ts, day
FROM fresh
WHERE suspect = ''
  AND (customer <> '' OR phone <> '' OR order_id <> '' OR (visitor_key <> 0 AND click_id <> ''))
GROUP BY workspace, click_id, order_id, customer, phone, visitor_key, day
