-- What may stand in a path. A used code nobody owns is no touch; it has no direct channel either.
SELECT workspace, event_id, kind, customer, phone, order_id, click_id,
       platform, platform_account,
       CASE WHEN kind = 'redeem' AND channel IN ('', 'direct')
                 AND platform <> '' AND platform NOT IN ($unspecific) THEN platform
            WHEN channel = '' OR (kind = 'redeem' AND channel = 'direct') THEN 'other'
            ELSE channel END AS channel,
       campaign, content, creator, activity, link, promo_code,
       visitor_key, ts, day
FROM fresh
WHERE kind IN ($touch_kinds) AND suspect = ''
  AND (visitor_key <> 0 OR customer <> '' OR phone <> '' OR order_id <> '')
  AND (kind <> 'redeem' OR channel <> '' OR creator <> '' OR campaign <> '' OR content <> ''
       OR link <> '' OR platform_account <> '')
