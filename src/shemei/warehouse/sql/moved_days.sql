-- Days on which moved identities did something; one join for each kind, so that each is by equality.
SELECT DISTINCT r.day
FROM $rows AS r
JOIN moved AS m ON m.workspace = r.workspace AND m.number = r.visitor_key
WHERE m.kind = 'v' AND r.visitor_key <> 0
UNION
SELECT DISTINCT r.day
FROM $rows AS r
JOIN moved AS m ON m.workspace = r.workspace AND m.value = r.customer
WHERE m.kind = 'c' AND r.customer <> ''
UNION
SELECT DISTINCT r.day
FROM $rows AS r
JOIN moved AS m ON m.workspace = r.workspace AND m.value = r.phone
WHERE m.kind = 'p' AND r.phone <> ''
