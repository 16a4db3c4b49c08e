-- Why rows of an upload wait or are left out, once a reason and heading, with the first cell at fault; of some rows only, where
-- numbers are given. A row that is stuck without a reason stands here too, so that rows are counted by this table.
WITH letters AS (
    SELECT regexp_replace(one ->> 'cell', '[0-9]+', '') AS letters, (one ->> 'index')::int AS at
    FROM exams_upload AS u
    CROSS JOIN LATERAL jsonb_array_elements(u.layout -> 'columns') AS one
    WHERE u.id = %(upload)s
),
found AS (
    SELECT
        r.number, r.state, coalesce(problem ->> 'reason', '') AS reason, coalesce(problem ->> 'column', '') AS heading,
        coalesce(min(problem ->> 'cell'), '') AS cell, r.raw, r.version, r.places
    FROM exams_uploadrow AS r
    LEFT JOIN LATERAL jsonb_array_elements(r.problems) AS problem ON true
    WHERE r.upload_id = %(upload)s
      AND r.state IN ('waiting', 'refused')
      AND (%(numbers)s::int[] IS NULL OR r.number = ANY (%(numbers)s::int[]))
    GROUP BY r.id, problem ->> 'reason', problem ->> 'column'
)
INSERT INTO exams_rowproblem (upload_id, number, state, reason, heading, cell, cause, said)
SELECT
    %(upload)s, found.number, found.state, found.reason, found.heading, left(found.cell, 12),
    md5(found.reason || chr(31) || found.heading),
    CASE WHEN found.version = 0 AND found.raw ->> here.at IS NOT NULL THEN md5(found.raw ->> here.at) ELSE '' END
FROM found
LEFT JOIN LATERAL (
    SELECT letters.at FROM letters WHERE found.places IS NULL AND letters.letters = regexp_replace(found.cell, '[0-9]+', '')
    UNION ALL
    SELECT place.key::int FROM jsonb_each_text(found.places) AS place WHERE place.value = found.cell
    LIMIT 1
) AS here ON true
ORDER BY found.number, found.reason, found.heading
