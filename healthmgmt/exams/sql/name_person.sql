-- Somebody says whom a waiting row is about. What the cells that name a person had against it is settled by that.
UPDATE exams_uploadrow AS r
SET person_id = %(person)s,
    person_chosen = true,
    problems = coalesce(
        (
            SELECT jsonb_agg(found.problem ORDER BY found.place)
            FROM jsonb_array_elements(r.problems) WITH ORDINALITY AS found (problem, place)
            WHERE NOT found.problem ->> 'column' = ANY (%(headings)s::text[])
              AND NOT found.problem ->> 'reason' = 'id-number'
        ),
        '[]'
    )
WHERE r.upload_id = %(upload)s
  AND r.number = %(number)s
  AND r.state = 'waiting'
