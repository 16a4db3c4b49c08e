-- The good rows become exams; those that say nothing new are kept beside them, for the case that what they repeat is undone. What
-- a row was mended to do without stays known when the row is gone. With each exam go its findings: what is outside of the report's
-- own range, else of the catalogue's for the person's sex, and what texts say. A row that went in before is left alone.
WITH stored AS (
    INSERT INTO exams_exam (person_id, taken_on, upload_id, row_number, state, results, reported, qualifiers, ranges, texts, left_out, stored_at)
    SELECT
        r.person_id, r.exam_on, r.upload_id, r.number, CASE r.state WHEN 'ready' THEN 'current' ELSE 'repeated' END,
        r.values, r.reported, r.qualifiers, r.ranges, r.texts,
        CASE
            WHEN r.left_out = '[]' THEN '[]'
            ELSE (
                SELECT coalesce(jsonb_agg(DISTINCT code), '[]')
                FROM jsonb_array_elements(r.left_out) AS gone (problem)
                CROSS JOIN LATERAL jsonb_array_elements_text(gone.problem -> 'codes') AS code
            )
        END,
        now()
    FROM exams_uploadrow AS r
    WHERE r.upload_id = %(upload)s
      AND r.number BETWEEN %(first)s AND %(last)s
      AND r.state IN ('ready', 'unchanged')
    ORDER BY r.number
    ON CONFLICT (upload_id, row_number) DO NOTHING
    RETURNING id, person_id, row_number, results, ranges
)
INSERT INTO exams_finding (exam_id, indicator, code, level)
SELECT e.id, item.key, '', CASE WHEN item.value < nullif(span.limits -> 0, 'null') THEN 'low' ELSE 'high' END
FROM stored AS e
JOIN people_person AS p ON p.id = e.person_id
CROSS JOIN LATERAL jsonb_each(e.results) AS item
CROSS JOIN LATERAL (
    -- Numbers compare as numbers in jsonb, too.
    SELECT CASE WHEN e.ranges ? item.key THEN e.ranges -> item.key ELSE %(ranges)s::jsonb -> p.sex -> item.key END AS limits
) AS span
WHERE item.value < nullif(span.limits -> 0, 'null') OR item.value > nullif(span.limits -> 1, 'null')
UNION ALL
SELECT e.id, said ->> 'indicator', said ->> 'code', said ->> 'level'
FROM stored AS e
JOIN exams_uploadrow AS r ON r.upload_id = %(upload)s AND r.number = e.row_number
CROSS JOIN LATERAL jsonb_array_elements(r.findings) AS said
WHERE r.findings <> '[]'
  AND said ->> 'level' IN ('watch', 'refer')
