-- People of a period: when and by what they came, what they bought. A visit that carries a click's
-- id is counted with its click.
WITH named AS (
    SELECT kind, value, person FROM $persons AS k WHERE workspace = $workspace
),
touched AS (
    SELECT COALESCE(c.person, p.person, v.person, t.visitor_key) AS person,
           t.ts, t.event_id, t.platform, t.channel, t.visitor_key, t.customer, t.phone,
           CASE WHEN t.kind = 'visit' AND t.click_id <> '' THEN 0 ELSE 1 END AS touch
    FROM $touches AS t
    LEFT JOIN named AS c ON c.kind = 'c' AND c.value = t.customer
    LEFT JOIN named AS p ON p.kind = 'p' AND p.value = t.phone
    LEFT JOIN named AS v ON v.kind = 'v' AND CAST(v.value AS BIGINT) = t.visitor_key
    WHERE t.workspace = $workspace AND t.day BETWEEN $first AND $last
),
came AS (
    SELECT person, MIN(ts) AS first_ts, MAX(ts) AS last_ts, COUNT(*) AS events,
           CAST(SUM(touch) AS BIGINT) AS touches
    FROM touched WHERE person <> 0 GROUP BY person
),
bought AS (
    SELECT person, MIN(ts) AS first_ts, MAX(ts) AS last_ts, COUNT(*) AS orders,
           CAST(SUM(value) AS BIGINT) AS value
    FROM $orders AS o
    WHERE workspace = $workspace AND day BETWEEN $first AND $last AND suspect = '' AND person <> 0
    GROUP BY person
),
everybody AS (
    SELECT COALESCE(c.person, b.person) AS person,
           CASE WHEN b.first_ts < c.first_ts OR c.first_ts IS NULL THEN b.first_ts
                ELSE c.first_ts END AS first_ts,
           CASE WHEN b.last_ts > c.last_ts OR c.last_ts IS NULL THEN b.last_ts
                ELSE c.last_ts END AS last_ts,
           COALESCE(c.events, 0) + COALESCE(b.orders, 0) AS events,
           COALESCE(c.touches, 0) AS touches, COALESCE(b.orders, 0) AS orders,
           COALESCE(b.value, 0) AS value
    FROM came AS c
    FULL JOIN bought AS b ON b.person = c.person
),
wanted AS (
    SELECT e.*, COUNT(*) OVER () AS total
    FROM everybody AS e
    WHERE 1 = 1 $people_where
    ORDER BY $order_by
    LIMIT $limit OFFSET $offset
),
known AS (
    SELECT person, MAX(CASE WHEN kind = 'c' THEN value ELSE '' END) AS customer,
           MAX(CASE WHEN kind = 'p' THEN value ELSE '' END) AS phone,
           CAST(SUM(CASE WHEN kind = 'v' THEN 1 ELSE 0 END) AS BIGINT) AS visitors
    FROM named WHERE person IN (SELECT person FROM wanted)
    GROUP BY person
),
ends AS (
    SELECT person, platform, channel,
           ROW_NUMBER() OVER (PARTITION BY person ORDER BY ts, event_id) AS from_first,
           ROW_NUMBER() OVER (PARTITION BY person ORDER BY ts DESC, event_id DESC) AS from_last
    FROM touched WHERE person IN (SELECT person FROM wanted)
)
SELECT CAST(w.person AS VARCHAR(20)) AS person, w.first_ts, w.last_ts, w.events, w.touches, w.orders,
       w.value, COALESCE(a.platform, '') AS first_platform, COALESCE(z.platform, '') AS last_platform,
       COALESCE(a.channel, '') AS first_channel, COALESCE(k.visitors, 1) AS visitors,
       COALESCE(k.customer, '') AS customer, COALESCE(k.phone, '') AS phone, w.total
FROM wanted AS w
LEFT JOIN known AS k ON k.person = w.person
LEFT JOIN ends AS a ON a.person = w.person AND a.from_first = 1
LEFT JOIN ends AS z ON z.person = w.person AND z.from_last = 1
ORDER BY $w_order_by
