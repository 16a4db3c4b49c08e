-- What is stored, row by row in file order, read back from the exams and never from the staged values.
SELECT
    u.uuid::text AS upload, r.number AS row, p.emp_no, r.name, r.dept, e.taken_on AS exam_date,
    e.results AS values, e.reported, e.qualifiers, e.texts, r.other,
    coalesce(
        (SELECT jsonb_agg(jsonb_build_object('indicator', f.indicator, 'code', f.code, 'level', f.level) ORDER BY f.id)
         FROM exams_finding AS f WHERE f.exam_id = e.id),
        '[]'
    ) AS findings
FROM exams_exam AS e
JOIN exams_upload AS u ON u.id = e.upload_id
JOIN exams_uploadrow AS r ON r.upload_id = e.upload_id AND r.number = e.row_number
JOIN people_person AS p ON p.id = e.person_id
WHERE e.state = 'current' AND (%(upload)s::bigint IS NULL OR e.upload_id = %(upload)s)
ORDER BY e.upload_id, e.row_number
