-- Before a file is read again: the rows that people mended make room, until what was done to them is carried over.
UPDATE exams_uploadrow
SET number = -number
WHERE upload_id = %(upload)s AND number > 0
