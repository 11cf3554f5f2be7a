-- Each order once, as its best teller told it, with its person, its refunds and its place among the
-- person's orders. The site's own tag is the weakest teller; its browser still says who it was. An order
-- known by its click alone is of who clicked, unless the click was passed on and proves nothing. A
-- correction tells nothing but the time of payment, and the newest one counts; corrections of the amount
-- add up. Where a brand counts confirmed orders alone, one that nobody but the tag has told carries that
-- as its reason.
WITH told AS (
    SELECT *, CASE WHEN order_id = '' THEN event_id ELSE order_id END AS number_or_event
    FROM $deals AS d WHERE kind = 'order'
),
ranked AS (
    SELECT t.*,
           ROW_NUMBER() OVER (
               PARTITION BY workspace, number_or_event
               ORDER BY CASE WHEN suspect = '' THEN 0 ELSE 1 END,
                        CASE WHEN source = 'correction' THEN 2 WHEN source = 'tag' THEN 1 ELSE 0 END,
                        ts, event_id
           ) AS place
    FROM told AS t
),
moved AS (
    SELECT workspace, number_or_event, ts, day, week,
           ROW_NUMBER() OVER (
               PARTITION BY workspace, number_or_event ORDER BY event_id DESC
           ) AS newest
    FROM told WHERE source = 'correction' AND suspect = ''
),
who AS (
    SELECT workspace, number_or_event, MAX(customer) AS customer, MAX(phone) AS phone,
           MAX(visitor_key) AS visitor_key, MAX(click_id) AS click_id
    FROM told WHERE suspect = '' GROUP BY workspace, number_or_event
),
seen AS (
    SELECT s.workspace, s.click_id, s.visitor_key,
           MIN(NULLIF(s.customer, '')) AS first_customer, MAX(NULLIF(s.customer, '')) AS last_customer,
           MIN(NULLIF(s.phone, '')) AS first_phone, MAX(NULLIF(s.phone, '')) AS last_phone
    FROM $sightings AS s
    JOIN (SELECT DISTINCT workspace, click_id FROM who WHERE click_id <> '' AND visitor_key = 0) AS c
      ON c.workspace = s.workspace AND c.click_id = s.click_id
    GROUP BY s.workspace, s.click_id, s.visitor_key
),
clicked AS (
    SELECT s.workspace, s.click_id,
           MIN(CASE WHEN s.visitor_key <> 0 THEN COALESCE(v.person, s.visitor_key) END) AS person
    FROM seen AS s
    LEFT JOIN people_v AS v ON v.workspace = s.workspace AND v.visitor_key = s.visitor_key
    GROUP BY s.workspace, s.click_id
    HAVING SUM(CASE WHEN s.visitor_key <> 0 THEN 1 ELSE 0 END) <= $most_with_click
       AND COALESCE(MIN(s.first_customer) = MAX(s.last_customer), TRUE)
       AND COALESCE(MIN(s.first_phone) = MAX(s.last_phone), TRUE)
),
returned AS (
    SELECT workspace, order_id, SUM(CASE WHEN kind <> 'correction' THEN amount ELSE 0 END) AS refunded,
           SUM(CASE WHEN kind = 'correction' THEN amount ELSE 0 END) AS less
    FROM $deals AS d WHERE kind IN ('refund', 'recount', 'correction') AND suspect = '' AND order_id <> ''
    GROUP BY workspace, order_id
),
known AS (
    SELECT r.workspace, r.number_or_event AS order_id, r.event_id, $r_touch_dims,
           CASE WHEN r.suspect = '' AND r.source = 'tag' AND $confirmed_only THEN '$unconfirmed'
                ELSE r.suspect END AS suspect,
           COALESCE(m.ts, r.ts) AS ts,
           COALESCE(c.person, p.person, v.person, NULLIF(w.visitor_key, 0), k.person, 0) AS person,
           r.amount - COALESCE(b.less, 0) AS amount, COALESCE(b.refunded, 0) AS refunded,
           COALESCE(m.day, r.day) AS day, COALESCE(m.week, r.week) AS week, r.quantity
    FROM ranked AS r
    LEFT JOIN moved AS m ON m.workspace = r.workspace
         AND m.number_or_event = r.number_or_event AND m.newest = 1
    LEFT JOIN who AS w ON w.workspace = r.workspace AND w.number_or_event = r.number_or_event
    LEFT JOIN people_c AS c ON c.workspace = w.workspace AND c.value = w.customer
    LEFT JOIN people_p AS p ON p.workspace = w.workspace AND p.value = w.phone
    LEFT JOIN people_v AS v ON v.workspace = w.workspace AND v.visitor_key = w.visitor_key
    LEFT JOIN clicked AS k ON k.workspace = w.workspace AND k.click_id = w.click_id
    LEFT JOIN returned AS b ON b.workspace = r.workspace AND b.order_id = r.order_id
    WHERE r.place = 1
)
SELECT workspace, order_id, event_id, $dims, ts, person, amount, refunded,
       CASE WHEN amount > refunded THEN amount - refunded ELSE 0 END AS value,
       day, week, quantity,
       CAST(CASE WHEN person = 0 OR suspect <> '' THEN 0 ELSE ROW_NUMBER() OVER (
           PARTITION BY workspace, person, CASE WHEN suspect = '' THEN 0 ELSE 1 END
           ORDER BY ts, order_id
       ) END AS INTEGER) AS number
FROM known
