-- Before a file is read again: the rows that nobody mended. A repeat that was left out by itself was not mended.
DELETE FROM exams_uploadrow
WHERE upload_id = %(upload)s
  AND NOT person_chosen
  AND left_out = '[]'
  AND version = 0
  AND (state <> 'refused' OR problems @> '[{"reason": "duplicate", "by": "rows"}]')
