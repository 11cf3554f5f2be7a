-- Each browser once per day and dimensions: did it come, was it reached, did it engage.
SELECT workspace, $pair_dims, visitor_key, day, week,
       MAX(CASE WHEN kind IN ('click', 'visit', 'view') THEN 1 ELSE 0 END) AS came,
       MAX(CASE WHEN kind = 'impression' THEN 1 ELSE 0 END) AS reached,
       MAX(CASE WHEN kind = 'engage' AND action <> 'finish' THEN 1 ELSE 0 END) AS engaged
FROM fresh
WHERE visitor_key <> 0
GROUP BY workspace, $pair_dims, visitor_key, day, week
