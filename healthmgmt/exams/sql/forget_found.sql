-- What the roster and other rows had against waiting rows, and whom the roster named, before they are asked again.
UPDATE exams_uploadrow AS r
SET problems = kept.problems,
    person_id = CASE WHEN r.person_chosen THEN r.person_id END,
    state = CASE WHEN kept.problems = '[]' THEN 'ready' ELSE 'waiting' END
FROM (
    SELECT
        row.id,
        coalesce(jsonb_agg(found.problem ORDER BY found.place) FILTER (WHERE NOT found.problem ? 'by'), '[]') AS problems
    FROM exams_uploadrow AS row
    CROSS JOIN LATERAL jsonb_array_elements(
        -- An empty list would take its row along.
        CASE WHEN row.problems = '[]' THEN '[{"by": ""}]' ELSE row.problems END
    ) WITH ORDINALITY AS found (problem, place)
    WHERE row.upload_id = %(upload)s
      AND row.state = 'waiting'
      AND row.number = ANY (%(numbers)s::int[])
    GROUP BY row.id
) AS kept
WHERE r.id = kept.id
