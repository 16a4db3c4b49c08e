-- The values at fault in a group of waiting rows are done without: their problems move to `left_out`, with the codes of the
-- items that the row now lacks. A row without any problem left is ready. A contradiction between two pressures takes both.
UPDATE exams_uploadrow AS r
SET problems = parts.kept,
    left_out = r.left_out || parts.gone,
    reported = r.reported - parts.codes,
    qualifiers = r.qualifiers - parts.codes,
    ranges = r.ranges - parts.codes,
    state = CASE WHEN parts.kept = '[]' AND r.person_id IS NOT NULL AND r.exam_on IS NOT NULL THEN 'ready' ELSE 'waiting' END
FROM (
    SELECT
        row.id,
        coalesce(jsonb_agg(one.problem ORDER BY one.place) FILTER (WHERE NOT one.is_meant), '[]') AS kept,
        jsonb_agg(one.problem || jsonb_build_object('codes', one.codes) ORDER BY one.place) FILTER (WHERE one.is_meant) AS gone,
        ARRAY(
            SELECT jsonb_array_elements_text(code) FROM unnest(array_agg(one.codes) FILTER (WHERE one.is_meant)) AS code
        ) AS codes
    FROM exams_uploadrow AS row
    CROSS JOIN LATERAL (
        SELECT
            found.problem,
            found.place,
            found.problem ->> 'reason' = %(reason)s AND found.problem ->> 'column' = %(column)s AS is_meant,
            CASE
                WHEN found.problem ->> 'code' IS NULL THEN '[]'::jsonb
                WHEN found.problem ->> 'reason' = 'order'
                    THEN jsonb_build_array(found.problem ->> 'code', replace(found.problem ->> 'code', 'dbp', 'sbp'))
                ELSE jsonb_build_array(found.problem ->> 'code')
            END AS codes
        FROM jsonb_array_elements(row.problems) WITH ORDINALITY AS found (problem, place)
    ) AS one
    WHERE row.upload_id = %(upload)s
      AND row.state = 'waiting'
      AND (%(numbers)s::int[] IS NULL OR row.number = ANY (%(numbers)s::int[]))
      AND row.problems @> jsonb_build_array(jsonb_build_object('reason', %(reason)s::text, 'column', %(column)s::text))
    GROUP BY row.id
) AS parts
WHERE r.id = parts.id
RETURNING r.number, r.person_id
