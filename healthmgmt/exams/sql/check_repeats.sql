-- Rows of one file about the same person and day: equal ones are repeats and left out but for the first, different ones
-- contradict each other and all wait. Those that went in before stand first, and stay. Where numbers are given, only the days
-- of these rows are looked at.
WITH days AS (
    SELECT person_id, exam_on
    FROM exams_uploadrow
    WHERE upload_id = %(upload)s AND person_id IS NOT NULL AND exam_on IS NOT NULL AND state <> 'refused'
      AND (
          %(numbers)s::int[] IS NULL
          OR (person_id, exam_on) IN (
              SELECT person_id, exam_on FROM exams_uploadrow WHERE upload_id = %(upload)s AND number = ANY (%(numbers)s::int[])
          )
      )
    GROUP BY person_id, exam_on
    HAVING count(*) > 1
),
repeats AS (
    SELECT
        r.id,
        row_number() OVER told AS place,
        count(*) OVER told AS alike,
        count(*) OVER (PARTITION BY r.person_id, r.exam_on) AS all_of_day
    FROM exams_uploadrow AS r
    JOIN days USING (person_id, exam_on)
    WHERE r.upload_id = %(upload)s AND r.state <> 'refused'
    WINDOW told AS (
        PARTITION BY r.person_id, r.exam_on, r.values, r.reported, r.qualifiers, r.texts, r.problems
        ORDER BY r.state IN ('accepted', 'unchanged') DESC, r.number
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
UPDATE exams_uploadrow AS r
SET problems = r.problems || jsonb_build_array(
        jsonb_build_object(
            'reason', CASE WHEN repeats.alike = repeats.all_of_day THEN 'duplicate' ELSE 'conflict' END,
            'column', %(emp_heading)s,
            'cell', CASE WHEN %(emp_letter)s = '' THEN '' ELSE %(emp_letter)s || r.sheet_row END,
            'code', NULL,
            'by', 'rows'
        )
    ),
    state = CASE WHEN repeats.alike = repeats.all_of_day THEN 'refused' ELSE 'waiting' END
FROM repeats
WHERE r.id = repeats.id
  AND r.state IN ('ready', 'waiting')
  AND NOT r.problems @> '[{"by": "rows"}]'
  AND (repeats.alike < repeats.all_of_day OR repeats.place > 1)
