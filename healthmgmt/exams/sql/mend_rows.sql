-- Rows with cells that were changed, as cleaning found them; roster and other rows are asked afterwards. Whose cells name
-- somebody else now is looked for anew. What was alerted was said by the cells as they were.
UPDATE exams_uploadrow AS r
SET emp_no = m.emp_no,
    name = m.name,
    id_no = m.id_no,
    id_hash = m.id_hash,
    sex = m.sex,
    dept = m.dept,
    exam_on = m.exam_on,
    "values" = m."values",
    reported = m.reported,
    qualifiers = m.qualifiers,
    ranges = m.ranges,
    texts = m.texts,
    other = m.other,
    findings = m.findings,
    problems = m.problems,
    left_out = m.left_out,
    person_id = CASE WHEN m.is_renamed THEN NULL ELSE r.person_id END,
    person_chosen = r.person_chosen AND NOT m.is_renamed,
    version = r.version + 1,
    is_alerted = false,
    state = 'waiting'
FROM jsonb_to_recordset(%(rows)s::jsonb) AS m (
    number int, emp_no text, name text, id_no bytea, id_hash text, sex text, dept text, exam_on date,
    "values" jsonb, reported jsonb, qualifiers jsonb, ranges jsonb, texts jsonb, other jsonb,
    findings jsonb, problems jsonb, left_out jsonb, is_renamed boolean
)
WHERE r.upload_id = %(upload)s
  AND r.number = m.number
  AND r.state = ANY (%(states)s::text[])
