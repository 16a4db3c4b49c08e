-- Texts that several cells at fault of a group say, the most frequent first, each from its first row; of rows in which nothing was
-- changed.
WITH texts AS (
    SELECT said, count(*) AS rows, min(number) AS number
    FROM exams_rowproblem
    WHERE upload_id = %(upload)s AND state = 'waiting' AND cause = md5(%(reason)s::text || chr(31) || %(column)s::text) AND said <> ''
    GROUP BY said
    HAVING count(*) > 1
    ORDER BY rows DESC, number
    LIMIT %(most)s
)
SELECT r.raw ->> %(index)s AS text, texts.rows
FROM texts
JOIN exams_uploadrow AS r ON r.upload_id = %(upload)s AND r.number = texts.number
ORDER BY texts.rows DESC, texts.number
