-- What people did, as far as the log can tell them apart. Orders are in a table of their own.
SELECT workspace, kind, action, customer, phone, $touch_dims, visitor_key, ts, day
FROM fresh
WHERE kind NOT IN ('order', 'spend') AND suspect = ''
  AND (visitor_key <> 0 OR customer <> '' OR phone <> '')
