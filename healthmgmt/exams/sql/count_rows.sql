-- The receipt of an upload, counted from its rows. A row that is ready was mended and has not gone in yet.
SELECT
    count(*) AS received,
    count(*) FILTER (WHERE state = 'accepted') AS accepted,
    count(*) FILTER (WHERE state = 'unchanged') AS unchanged,
    count(*) FILTER (WHERE state = 'waiting') AS waiting,
    count(*) FILTER (WHERE state = 'refused') AS refused,
    count(*) FILTER (WHERE state = 'ready') AS ready
FROM exams_uploadrow
WHERE upload_id = %(upload)s
