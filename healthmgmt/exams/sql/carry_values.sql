-- A file was read again: values that people decided to do without stay out while their cells are at fault for the same reason.
UPDATE exams_uploadrow AS r
SET problems = parts.kept,
    left_out = parts.gone,
    reported = r.reported - parts.codes,
    qualifiers = r.qualifiers - parts.codes,
    ranges = r.ranges - parts.codes,
    state = CASE WHEN parts.kept = '[]' THEN 'ready' ELSE 'waiting' END
FROM (
    SELECT
        one.id,
        coalesce(jsonb_agg(one.problem ORDER BY one.place) FILTER (WHERE NOT one.is_meant), '[]') AS kept,
        jsonb_agg(one.problem || jsonb_build_object('codes', one.codes) ORDER BY one.place) FILTER (WHERE one.is_meant) AS gone,
        ARRAY(
            SELECT jsonb_array_elements_text(code) FROM unnest(array_agg(one.codes) FILTER (WHERE one.is_meant)) AS code
        ) AS codes
    FROM (
        SELECT
            row.id,
            found.problem,
            found.place,
            former.left_out @> jsonb_build_array(
                jsonb_build_object('reason', found.problem ->> 'reason', 'column', found.problem ->> 'column')
            ) AS is_meant,
            CASE
                WHEN found.problem ->> 'code' IS NULL THEN '[]'::jsonb
                WHEN found.problem ->> 'reason' = 'order'
                    THEN jsonb_build_array(found.problem ->> 'code', replace(found.problem ->> 'code', 'dbp', 'sbp'))
                ELSE jsonb_build_array(found.problem ->> 'code')
            END AS codes
        FROM exams_uploadrow AS former
        JOIN exams_uploadrow AS row
            ON row.upload_id = %(upload)s AND row.number > 0 AND row.sheet = former.sheet AND row.sheet_row = former.sheet_row
        CROSS JOIN LATERAL jsonb_array_elements(row.problems) WITH ORDINALITY AS found (problem, place)
        WHERE former.upload_id = %(source)s
          AND (former.number < 0) = %(is_aside)s
          AND former.left_out <> '[]'
    ) AS one
    GROUP BY one.id
    HAVING bool_or(one.is_meant)
) AS parts
WHERE r.id = parts.id
