-- Visits by pages that somebody passed on: which page, who did, through how many hands, how often.
SELECT workspace, $dims, page, shared_by, visitor_key, share_depth, COUNT(*) AS visits, day, week
FROM fresh
WHERE kind = 'visit' AND share_depth > 0
GROUP BY workspace, $dims, page, shared_by, visitor_key, share_depth, day, week
