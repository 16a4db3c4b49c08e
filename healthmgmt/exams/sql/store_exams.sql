-- The good rows become exams.
INSERT INTO exams_exam (person_id, taken_on, upload_id, row_number, state, results, reported, qualifiers, ranges, texts, stored_at)
SELECT r.person_id, r.exam_on, r.upload_id, r.number, 'current', r.values, r.reported, r.qualifiers, r.ranges, r.texts, now()
FROM exams_uploadrow AS r
WHERE r.upload_id = %(upload)s
  AND r.number BETWEEN %(first)s AND %(last)s
  AND r.state = 'ready'
ORDER BY r.number
ON CONFLICT (upload_id, row_number) DO NOTHING
