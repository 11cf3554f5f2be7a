-- Days on which moved identities did something.
SELECT DISTINCT r.day
FROM $rows AS r
JOIN moved AS m ON m.workspace = r.workspace
WHERE (m.kind = 'v' AND m.value = CAST(r.visitor_key AS VARCHAR))
   OR (m.kind = 'c' AND m.value = r.customer)
   OR (m.kind = 'p' AND m.value = r.phone)
