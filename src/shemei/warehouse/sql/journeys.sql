-- Journeys without an order: touches that no order of the person follows within the look-back, a
-- journey ending where nothing follows for as long. Its path is the last touch and those before it
-- within the look-back.
WITH $before line AS (
    SELECT workspace, person, ts, event_id, 0 AS bought
    FROM steps WHERE person <> 0 AND day >= $since
    UNION ALL
    SELECT workspace, person, ts, event_id, 1 AS bought
    FROM $orders AS o WHERE person <> 0 AND suspect = '' AND day >= $since
),
ahead AS (
    SELECT workspace, person, ts, event_id, bought,
           MIN(CASE WHEN bought = 1 THEN ts END) OVER (
               PARTITION BY workspace, person ORDER BY ts, bought, event_id
               ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
           ) AS order_ts
    FROM line
),
lost AS (
    SELECT workspace, person, ts, event_id,
           LEAD(ts) OVER (PARTITION BY workspace, person ORDER BY ts, event_id) AS next_ts
    FROM ahead
    WHERE bought = 0 AND (order_ts IS NULL OR order_ts - ts > $lookback_micros)
),
ends AS (
    SELECT workspace, person, ts AS end_ts
    FROM lost WHERE next_ts IS NULL OR next_ts - ts > $lookback_micros
),
walked AS (
    SELECT e.workspace AS workspace, e.person AS person, e.end_ts AS end_ts, l.event_id AS event_id
    FROM ends AS e
    JOIN lost AS l ON l.workspace = e.workspace AND l.person = e.person
    WHERE l.ts <= e.end_ts AND e.end_ts - l.ts <= $lookback_micros
),
placed AS (
    SELECT w.workspace AS workspace, w.person AS person, w.end_ts AS end_ts, s.ts AS ts,
           s.event_id AS event_id, s.day AS day, s.direct AS direct, $s_dimensions,
           MIN(s.direct) OVER (PARTITION BY w.workspace, w.person, w.end_ts) AS only_direct,
           MAX(s.day) OVER (PARTITION BY w.workspace, w.person, w.end_ts) AS end_day
    FROM walked AS w
    JOIN steps AS s ON s.workspace = w.workspace AND s.event_id = w.event_id
)
SELECT workspace, person, end_ts, end_day AS day, $dimensions
FROM placed
WHERE end_day BETWEEN $first AND $last AND (direct = 0 OR only_direct = 1)
ORDER BY workspace, person, end_ts, ts, event_id
