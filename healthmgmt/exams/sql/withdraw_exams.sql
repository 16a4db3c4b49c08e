-- Everything that an upload told is withdrawn; how many of its exams were more than a repeat.
WITH own AS (
    SELECT id, state FROM exams_exam WHERE upload_id = %(upload)s AND state <> 'withdrawn'
),
gone AS (
    UPDATE exams_exam AS e SET state = 'withdrawn' FROM own WHERE e.id = own.id
)
SELECT count(*) FROM own WHERE state <> 'repeated'
