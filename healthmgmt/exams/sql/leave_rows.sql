-- Waiting rows that are done without; why they waited stays with them.
UPDATE exams_uploadrow AS r
SET state = 'refused'
WHERE r.upload_id = %(upload)s
  AND r.state = 'waiting'
  AND (%(numbers)s::int[] IS NULL OR r.number = ANY (%(numbers)s::int[]))
  AND r.problems @> jsonb_build_array(jsonb_build_object('reason', %(reason)s::text, 'column', %(column)s::text))
RETURNING r.number, r.person_id
