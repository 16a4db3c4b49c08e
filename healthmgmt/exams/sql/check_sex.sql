-- Results that only the other sex can have: the row may have slipped. `items` are the file's columns of that kind, `nothing` the
-- words that say that there is no result. Of some rows only, where numbers are given.
UPDATE exams_uploadrow AS r
SET problems = r.problems || found.problems,
    state = 'waiting'
FROM (
    SELECT
        row.id,
        jsonb_agg(
            jsonb_build_object(
                'reason', 'conflict',
                'column', item.heading,
                'cell', coalesce(row.places ->> item.place, item.letter || row.sheet_row),
                'code', item.code,
                'by', 'roster'
            )
        ) AS problems
    FROM exams_uploadrow AS row
    JOIN people_person AS p ON p.id = row.person_id
    CROSS JOIN jsonb_to_recordset(%(items)s::jsonb) AS item (code text, key text, heading text, letter text, place text, sex text)
    WHERE row.upload_id = %(upload)s
      AND (%(numbers)s::int[] IS NULL OR row.number = ANY (%(numbers)s::int[]))
      AND row.state = ANY (%(states)s::text[])
      AND NOT row.person_chosen
      AND p.sex <> ''
      AND p.sex <> item.sex
      AND (
          (row.values ? item.code AND NOT (strpos(item.code, ':') > 0 AND row.values ->> item.code = '0'))
          OR (row.other ? item.key AND NOT row.other ->> item.key = ANY (%(nothing)s::text[]))
      )
    GROUP BY row.id
) AS found
WHERE r.id = found.id
