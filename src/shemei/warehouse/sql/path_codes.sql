-- What the models need of every touch within the look-back, order by order. Of direct visits the
-- reader leaves out those beside other touches.
SELECT o.day AS day, o.value AS value, p.day AS part, p.sale AS sale, p.direct AS direct,
       (o.ts - p.ts) / 36e8 AS hours_before, $by
FROM $paths AS p
JOIN $orders AS o ON o.workspace = p.workspace AND o.order_id = p.order_id
WHERE p.workspace = $workspace AND p.day BETWEEN $first AND $last
  AND o.day BETWEEN $first AND $last AND o.suspect = '' AND p.conv_ts - p.ts <= $lookback_micros
ORDER BY o.day, p.day, p.sale, p.place
