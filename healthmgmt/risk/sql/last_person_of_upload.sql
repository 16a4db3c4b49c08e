SELECT coalesce(max(person_id), 0) FROM exams_exam WHERE upload_id = %(upload)s
