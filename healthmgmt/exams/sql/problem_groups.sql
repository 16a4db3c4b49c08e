-- Why rows of an upload wait (or are left out): by reason and heading, the largest group first, each with its first rows.
WITH found AS (
    SELECT r.number, problem ->> 'reason' AS reason, problem ->> 'column' AS heading, min(problem ->> 'cell') AS cell
    FROM exams_uploadrow AS r
    CROSS JOIN LATERAL jsonb_array_elements(r.problems) AS problem
    WHERE r.upload_id = %(upload)s AND r.state = %(state)s
    GROUP BY r.number, reason, heading
)
SELECT
    reason,
    heading,
    count(*) AS rows,
    (array_agg(number ORDER BY number))[1:%(most)s] AS numbers,
    (array_agg(cell ORDER BY number))[1:%(most)s] AS cells
FROM found
GROUP BY reason, heading
ORDER BY rows DESC, reason, heading
