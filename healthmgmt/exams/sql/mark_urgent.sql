-- Which waiting rows come first, and whose alert was asked for, from one number to another.
UPDATE exams_uploadrow AS r
SET is_urgent = r.number = ANY (%(urgent)s::int[]),
    is_alerted = r.is_alerted OR r.number = ANY (%(alerted)s::int[])
WHERE r.upload_id = %(upload)s
  AND r.number BETWEEN %(first)s AND %(last)s
  AND (r.is_urgent OR r.number = ANY (%(urgent)s::int[]))
  AND (
      r.is_urgent <> (r.number = ANY (%(urgent)s::int[]))
      OR NOT r.is_alerted AND r.number = ANY (%(alerted)s::int[])
  )
