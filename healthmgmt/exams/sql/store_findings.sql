-- What is abnormal: values outside the report's own range, else the catalogue's for the person's sex, and what texts say.
INSERT INTO exams_finding (exam_id, indicator, code, level)
SELECT e.id, item.key, '', CASE WHEN item.value::numeric < span.low THEN 'low' ELSE 'high' END
FROM exams_exam AS e
JOIN people_person AS p ON p.id = e.person_id
CROSS JOIN LATERAL jsonb_each_text(e.results) AS item
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN e.ranges ? item.key THEN (e.ranges -> item.key ->> 0)::numeric
             ELSE (%(ranges)s::jsonb -> p.sex -> item.key ->> 0)::numeric END AS low,
        CASE WHEN e.ranges ? item.key THEN (e.ranges -> item.key ->> 1)::numeric
             ELSE (%(ranges)s::jsonb -> p.sex -> item.key ->> 1)::numeric END AS high
) AS span
WHERE e.upload_id = %(upload)s
  AND e.row_number BETWEEN %(first)s AND %(last)s
  AND (item.value::numeric < span.low OR item.value::numeric > span.high)
UNION ALL
SELECT e.id, said ->> 'indicator', said ->> 'code', said ->> 'level'
FROM exams_exam AS e
JOIN exams_uploadrow AS r ON r.upload_id = e.upload_id AND r.number = e.row_number
CROSS JOIN LATERAL jsonb_array_elements(r.findings) AS said
WHERE e.upload_id = %(upload)s
  AND e.row_number BETWEEN %(first)s AND %(last)s
  AND said ->> 'level' IN ('watch', 'refer')
