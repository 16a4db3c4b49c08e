-- Mended rows that went in.
UPDATE exams_uploadrow
SET state = 'accepted'
WHERE upload_id = %(upload)s
  AND number BETWEEN %(first)s AND %(last)s
  AND state = 'ready'
