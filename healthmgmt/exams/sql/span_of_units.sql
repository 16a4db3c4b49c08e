-- The first and the last path, in byte order, of the units whose people a file is about: what both begin with all have in common.
SELECT min(u.path COLLATE "C"), max(u.path COLLATE "C")
FROM (SELECT DISTINCT person_id FROM exams_uploadrow WHERE upload_id = %(upload)s AND person_id IS NOT NULL) AS meant
JOIN people_person AS p ON p.id = meant.person_id
JOIN organization_unit AS u ON u.id = p.unit_id
WHERE u.path LIKE %(scope)s
