-- Touches of every order of these days, back to the longest look-back. The code used at an order is
-- a touch at order time: told as an event of its own, or by the order itself. An order has its place
-- among those of its day (sale), a touch among those of its order (place): readers sort by numbers.
-- An order told by a site alone stands on the platform of its code's owner, else on the site.
WITH bought AS (
    SELECT * FROM $orders AS o WHERE suspect = '' AND day BETWEEN $first AND $last
),
used AS (
    SELECT o.workspace, o.order_id, s.event_id, $s_touch_dims,
           ROW_NUMBER() OVER (
               PARTITION BY o.workspace, o.order_id ORDER BY s.ts, s.event_id
           ) AS place
    FROM bought AS o
    JOIN steps AS s ON s.workspace = o.workspace AND s.order_id = o.order_id
    WHERE s.kind = 'redeem' AND s.order_id <> ''
),
own AS (
    SELECT o.workspace, o.order_id, o.event_id, $o_touch_dims
    FROM bought AS o
    LEFT JOIN used AS u ON u.workspace = o.workspace AND u.order_id = o.order_id
    WHERE u.order_id IS NULL AND o.promo_code <> ''
      AND (o.creator <> '' OR o.campaign <> '' OR o.content <> '' OR o.link <> ''
           OR o.platform_account <> '' OR o.platform NOT IN ('', 'site'))
),
redeemed AS (
    SELECT workspace, order_id, event_id, $touch_dims FROM used WHERE place = 1
    UNION ALL
    SELECT workspace, order_id, event_id, platform, platform_account,
           CASE WHEN channel NOT IN ('', 'direct') THEN channel
                WHEN platform <> '' AND platform NOT IN ($unspecific) THEN platform
                ELSE 'other' END AS channel,
           campaign, content, creator, activity, link, promo_code
    FROM own
),
touched AS (
    SELECT o.workspace, o.order_id, s.kind, s.event_id, $s_touch_dims,
           o.person, o.ts AS conv_ts, s.ts, o.day, s.direct
    FROM bought AS o
    JOIN steps AS s ON s.workspace = o.workspace AND s.person = o.person
    WHERE o.person <> 0 AND s.ts <= o.ts AND o.ts - s.ts <= $stored_micros
      AND NOT (s.kind = 'redeem' AND s.order_id = o.order_id)
    UNION ALL
    SELECT o.workspace, o.order_id, 'redeem' AS kind, r.event_id, $r_touch_dims,
           o.person, o.ts AS conv_ts, o.ts AS ts, o.day, 0 AS direct
    FROM bought AS o
    JOIN redeemed AS r ON r.workspace = o.workspace AND r.order_id = o.order_id
)
SELECT touched.*,
       DENSE_RANK() OVER (PARTITION BY workspace, day ORDER BY conv_ts, order_id) AS sale,
       ROW_NUMBER() OVER (
           PARTITION BY workspace, order_id
           ORDER BY ts, CASE WHEN kind = 'redeem' THEN 1 ELSE 0 END, event_id
       ) AS place
FROM touched
