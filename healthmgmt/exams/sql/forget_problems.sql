DELETE FROM exams_rowproblem
WHERE upload_id = %(upload)s
  AND (%(numbers)s::int[] IS NULL OR number = ANY (%(numbers)s::int[]))
