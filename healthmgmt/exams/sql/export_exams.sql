-- What is stored, row by row in file order, read back from the exams and never from the staged values. Of an upload whose rows
-- were removed after their time, the person's own name stands for the file's.
SELECT
    u.uuid::text AS upload, e.row_number AS row, p.emp_no, coalesce(r.name, p.name) AS name, coalesce(r.dept, '') AS dept, e.taken_on AS exam_date,
    e.results AS values, e.reported, e.qualifiers, e.texts, coalesce(r.other, '{}') AS other, e.findings, e.ranges, p.sex
FROM exams_exam AS e
JOIN exams_upload AS u ON u.id = e.upload_id
LEFT JOIN exams_uploadrow AS r ON r.upload_id = e.upload_id AND r.number = e.row_number
JOIN people_person AS p ON p.id = e.person_id
WHERE e.state = 'current' AND (%(upload)s::bigint IS NULL OR e.upload_id = %(upload)s)
ORDER BY e.upload_id, e.row_number
