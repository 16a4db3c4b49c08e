-- The receipt of an upload, counted from its rows.
SELECT
    count(*) AS received,
    count(*) FILTER (WHERE state IN ('accepted', 'ready')) AS accepted,
    count(*) FILTER (WHERE state = 'unchanged') AS unchanged,
    count(*) FILTER (WHERE state = 'waiting') AS waiting,
    count(*) FILTER (WHERE state = 'refused') AS refused
FROM exams_uploadrow
WHERE upload_id = %(upload)s
