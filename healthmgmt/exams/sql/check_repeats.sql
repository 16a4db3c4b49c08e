-- Rows of one file about the same person and day: equal ones are repeats and left out but for the first, different ones
-- contradict each other and all wait. Those that went in before stand first, and stay. Where numbers are given, only the days
-- of these rows are looked at.
WITH candidates AS NOT MATERIALIZED (
    SELECT r.id, r.person_id, r.exam_on
    FROM exams_uploadrow AS r
    WHERE %(numbers)s::int[] IS NULL AND r.upload_id = %(upload)s AND r.person_id IS NOT NULL AND r.exam_on IS NOT NULL AND r.state <> 'refused'
    UNION ALL
    -- Of a few days the rows are looked up day by day, whatever the planner knows of a table that has just been filled.
    SELECT r.id, r.person_id, r.exam_on
    FROM (
        SELECT DISTINCT person_id, exam_on
        FROM exams_uploadrow
        WHERE upload_id = %(upload)s AND number = ANY (%(numbers)s::int[]) AND person_id IS NOT NULL AND exam_on IS NOT NULL
    ) AS meant
    CROSS JOIN LATERAL (
        SELECT one.id, one.person_id, one.exam_on
        FROM exams_uploadrow AS one
        WHERE one.person_id = meant.person_id AND one.exam_on = meant.exam_on AND one.upload_id = %(upload)s AND one.state <> 'refused'
        OFFSET 0
    ) AS r
    WHERE %(numbers)s::int[] IS NOT NULL
),
several AS (
    SELECT unnest(array_agg(id)) AS id
    FROM candidates
    GROUP BY person_id, exam_on
    HAVING count(*) > 1
),
repeats AS (
    SELECT
        r.id,
        row_number() OVER told AS place,
        count(*) OVER told AS alike,
        count(*) OVER (PARTITION BY r.person_id, r.exam_on) AS all_of_day
    FROM several
    JOIN exams_uploadrow AS r USING (id)
    WINDOW told AS (
        PARTITION BY
            r.person_id, r.exam_on, r.values, r.reported, r.qualifiers, r.texts,
            -- Problems name their own row's cells; equal faults are seen in equal cells, while nobody typed in these.
            CASE WHEN r.problems = '[]' THEN '' WHEN r.version > 0 THEN r.problems::text ELSE r.raw::text END
        ORDER BY r.state = ANY (%(states)s::text[]), r.number
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
  AND r.state = ANY (%(states)s::text[])
  AND NOT r.problems @> '[{"by": "rows"}]'
  AND (repeats.alike < repeats.all_of_day OR repeats.place > 1)
RETURNING r.number
