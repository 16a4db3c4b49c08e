-- What is abnormal: values outside the report's own range, else the catalogue's for the person's sex, and what texts say.
-- Of the rows that go in now: those of an earlier round have their findings.
WITH going_in AS (
    SELECT e.id, e.person_id, e.results, e.ranges, r.findings
    FROM exams_uploadrow AS r
    JOIN exams_exam AS e ON e.upload_id = r.upload_id AND e.row_number = r.number
    WHERE r.upload_id = %(upload)s
      AND r.number BETWEEN %(first)s AND %(last)s
      AND r.state = 'ready'
)
INSERT INTO exams_finding (exam_id, indicator, code, level)
SELECT e.id, item.key, '', CASE WHEN item.value::numeric < span.low THEN 'low' ELSE 'high' END
FROM going_in AS e
JOIN people_person AS p ON p.id = e.person_id
CROSS JOIN LATERAL jsonb_each_text(e.results) AS item
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN e.ranges ? item.key THEN (e.ranges -> item.key ->> 0)::numeric
             ELSE (%(ranges)s::jsonb -> p.sex -> item.key ->> 0)::numeric END AS low,
        CASE WHEN e.ranges ? item.key THEN (e.ranges -> item.key ->> 1)::numeric
             ELSE (%(ranges)s::jsonb -> p.sex -> item.key ->> 1)::numeric END AS high
) AS span
WHERE item.value::numeric < span.low OR item.value::numeric > span.high
UNION ALL
SELECT e.id, said ->> 'indicator', said ->> 'code', said ->> 'level'
FROM going_in AS e
CROSS JOIN LATERAL jsonb_array_elements(e.findings) AS said
WHERE said ->> 'level' IN ('watch', 'refer')
