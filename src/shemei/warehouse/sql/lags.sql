-- Orders by how far their first touch lies back, or how many touches they took.
WITH begun AS (
    SELECT $by_list value, $measured AS measured FROM ($paths) AS p WHERE position = 1
)
SELECT $by_list $bucket AS bucket, COUNT(*) AS orders, CAST(SUM(value) AS BIGINT) AS worth
FROM begun
GROUP BY $by_list $bucket
