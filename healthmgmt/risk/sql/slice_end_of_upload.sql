-- The last person of the next slice of those whom an upload has exams of, NULL after the last one.
SELECT max(person_id)
FROM (
    SELECT DISTINCT person_id
    FROM exams_exam
    WHERE upload_id = %(upload)s AND person_id > %(after)s
    ORDER BY person_id
    LIMIT %(size)s
) AS slice
