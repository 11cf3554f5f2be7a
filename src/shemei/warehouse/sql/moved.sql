-- Identities that name another person than before; a browser nobody had joined was itself.
SELECT n.workspace, n.kind, n.value
FROM $persons AS n
LEFT JOIN $before AS b ON b.workspace = n.workspace AND b.kind = n.kind AND b.value = n.value
WHERE (b.person IS NOT NULL AND b.person <> n.person)
   OR (b.person IS NULL AND n.kind = 'v' AND n.person <> CAST(n.value AS BIGINT))
UNION ALL
SELECT b.workspace, b.kind, b.value
FROM $before AS b
LEFT JOIN $persons AS n ON n.workspace = b.workspace AND n.kind = b.kind AND n.value = b.value
WHERE n.person IS NULL
