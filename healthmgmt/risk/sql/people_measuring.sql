-- Who of one slice measures at home what is judged; with an upload only those whom it has exams of.
SELECT DISTINCT person_id
FROM devices_reading
WHERE person_id > %(after)s AND person_id <= %(last)s AND withdrawn_at IS NULL AND kind = ANY (%(kinds)s::text[])
  AND (%(upload)s::bigint IS NULL OR person_id IN (SELECT person_id FROM exams_exam WHERE upload_id = %(upload)s))
ORDER BY person_id
