-- For how many different reasons rows of some uploads wait.
SELECT count(DISTINCT (problem ->> 'reason', problem ->> 'column'))
FROM exams_uploadrow AS r
CROSS JOIN LATERAL jsonb_array_elements(r.problems) AS problem
WHERE r.upload_id = ANY (%(uploads)s) AND r.state = 'waiting'
