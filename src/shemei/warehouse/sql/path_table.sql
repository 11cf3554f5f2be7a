-- Every touch of every order within the look-back. Direct visits count only when alone.
WITH bought AS (
    SELECT order_id, person, ts AS conv_ts, day, value
    FROM $orders AS o
    WHERE workspace = $workspace AND day BETWEEN $first AND $last AND suspect = '' $order_where
),
near AS (
    SELECT order_id AS of_order, kind, event_id, ts, direct, $touch_dims,
           MIN(direct) OVER (PARTITION BY order_id) AS only_direct
    FROM $paths AS p
    WHERE workspace = $workspace AND day BETWEEN $first AND $last
      AND conv_ts - ts <= $lookback_micros $order_where
),
placed AS (
    SELECT near.*,
           ROW_NUMBER() OVER (
               PARTITION BY of_order
               ORDER BY ts, CASE WHEN kind = 'redeem' THEN 1 ELSE 0 END, event_id
           ) AS position,
           COUNT(*) OVER (PARTITION BY of_order) AS length
    FROM near WHERE direct = 0 OR only_direct = 1
)
SELECT b.order_id, CASE WHEN b.person = 0 THEN '' ELSE CAST(b.person AS VARCHAR(20)) END AS person,
       b.conv_ts, b.day, b.value,
       COALESCE(p.position, 0) AS position, COALESCE(p.length, 0) AS length,
       COALESCE(p.ts, b.conv_ts) AS ts,
       (b.conv_ts - COALESCE(p.ts, b.conv_ts)) / 36e8 AS hours_before,
       COALESCE(p.kind, '') AS kind, $filled_dims,
       COALESCE(p.event_id, '') AS event_id
FROM bought AS b
$join_kind JOIN placed AS p ON p.of_order = b.order_id
WHERE 1 = 1 $path_where
ORDER BY b.conv_ts, b.order_id, position
