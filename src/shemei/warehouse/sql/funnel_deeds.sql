-- What people did of some kinds, with their person; who left no name is known by the browser alone.
SELECT COALESCE(v.person, a.visitor_key) AS person, a.ts AS ts, a.kind AS kind, a.action AS action$a_dims
FROM $acts AS a
LEFT JOIN named_v AS v ON v.visitor_key = a.visitor_key
WHERE a.workspace = $workspace AND a.day BETWEEN $first AND $last AND a.kind IN ($kinds)
  AND a.customer = '' AND a.phone = ''
UNION ALL
SELECT COALESCE(c.person, p.person, v.person, a.visitor_key) AS person,
       a.ts AS ts, a.kind AS kind, a.action AS action$a_dims
FROM $acts AS a
LEFT JOIN named_c AS c ON c.value = a.customer
LEFT JOIN named_p AS p ON p.value = a.phone
LEFT JOIN named_v AS v ON v.visitor_key = a.visitor_key
WHERE a.workspace = $workspace AND a.day BETWEEN $first AND $last AND a.kind IN ($kinds)
  AND (a.customer <> '' OR a.phone <> '')
