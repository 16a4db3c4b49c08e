UPDATE exams_exam SET state = 'withdrawn' WHERE upload_id = %(upload)s AND state <> 'withdrawn'
