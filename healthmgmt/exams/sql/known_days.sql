-- Whether any exam is known of the person and day of one of the good rows.
SELECT EXISTS (
    SELECT 1
    FROM exams_uploadrow AS r
    -- Each row looks up its day, whatever the planner knows of a table that is just being filled.
    CROSS JOIN LATERAL (
        SELECT 1
        FROM exams_exam AS e
        WHERE e.person_id = r.person_id AND e.taken_on = r.exam_on
        OFFSET 0
        LIMIT 1
    ) AS e
    WHERE r.upload_id = %(upload)s
      AND r.number BETWEEN %(first)s AND %(last)s
      AND r.state = ANY (%(states)s::text[])
)
