-- A file was read again: the newest text that people typed into each cell of a row, with the number that the row has now.
SELECT DISTINCT ON (row.number, cell.index) row.number, cell.id
FROM exams_uploadrow AS former
JOIN exams_uploadrow AS row
    ON row.upload_id = %(upload)s AND row.number > 0 AND row.sheet = former.sheet AND row.sheet_row = former.sheet_row
JOIN exams_mendedcell AS cell ON cell.upload_id = former.upload_id AND cell.number = abs(former.number)
WHERE former.upload_id = %(source)s
  AND (former.number < 0) = %(is_aside)s
  AND former.version > 0
ORDER BY row.number, cell.index, cell.id DESC
