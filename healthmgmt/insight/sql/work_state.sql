-- Of each unit at or below a path: rows that wait, since when, and when its newest file of a period came. A row belongs to the
-- unit of the person it is about, or, while nobody knows whom it is about, to the unit that the file was delivered for.
WITH waiting AS (
    SELECT coalesce(p.unit_id, f.unit_id) AS unit_id, count(*) AS waiting, min(f.uploaded_at) AS oldest_at
    FROM exams_upload AS f
    JOIN exams_uploadrow AS r ON r.upload_id = f.id AND r.state = 'waiting'
    LEFT JOIN people_person AS p ON p.id = r.person_id
    WHERE NOT f.check_only AND (f.state IN ('checked', 'applying') OR f.state = 'partly_applied' AND f.waiting > 0)
    GROUP BY 1
),
delivered AS (
    SELECT p.unit_id, max(f.uploaded_at) AS newest_file_at
    FROM organization_unit AS u
    JOIN people_person AS p ON p.unit_id = u.id
    JOIN exams_exam AS x ON x.person_id = p.id AND x.state <> 'withdrawn' AND x.taken_on BETWEEN %(starts_on)s AND %(ends_on)s
    JOIN exams_upload AS f ON f.id = x.upload_id
    WHERE starts_with(u.path, %(path)s)
    GROUP BY 1
)
SELECT u.path, coalesce(waiting.waiting, 0) AS waiting, waiting.oldest_at, delivered.newest_file_at
FROM organization_unit AS u
LEFT JOIN waiting ON waiting.unit_id = u.id
LEFT JOIN delivered ON delivered.unit_id = u.id
WHERE starts_with(u.path, %(path)s) AND (waiting.unit_id IS NOT NULL OR delivered.unit_id IS NOT NULL)
