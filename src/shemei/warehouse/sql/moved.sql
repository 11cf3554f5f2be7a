-- Identities that name another person than before; a browser nobody had joined was itself. A browser's
-- is also told as the number that it is.
SELECT n.workspace, n.kind, n.value,
       CASE WHEN n.kind = 'v' THEN CAST(n.value AS BIGINT) ELSE 0 END AS number
FROM $persons AS n
LEFT JOIN $before AS b ON b.workspace = n.workspace AND b.kind = n.kind AND b.value = n.value
WHERE (b.person IS NOT NULL AND b.person <> n.person)
   OR (b.person IS NULL AND n.kind = 'v' AND n.person <> CAST(n.value AS BIGINT))
UNION ALL
SELECT b.workspace, b.kind, b.value,
       CASE WHEN b.kind = 'v' THEN CAST(b.value AS BIGINT) ELSE 0 END AS number
FROM $before AS b
LEFT JOIN $persons AS n ON n.workspace = b.workspace AND n.kind = b.kind AND n.value = b.value
WHERE n.person IS NULL
