-- The least number of touches, and the least time, that so many percent of orders needed at most.
WITH placed AS (
    SELECT $by_list length, hours_before,
           ROW_NUMBER() OVER ($partition ORDER BY length) AS touches_place,
           ROW_NUMBER() OVER ($partition ORDER BY hours_before) AS hours_place,
           $counted AS n
    FROM ($paths) AS p WHERE position = 1
),
wanted AS ($percents)
SELECT $by_list percent, MAX(n) AS orders,
       MIN(CASE WHEN touches_place * 100 >= percent * n THEN length END) AS touches,
       MIN(CASE WHEN hours_place * 100 >= percent * n THEN hours_before END) AS hours
FROM placed CROSS JOIN wanted
GROUP BY $by_list percent
ORDER BY $by_list percent
