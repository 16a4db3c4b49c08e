-- Rows that say nothing new: within this file's own columns the stored exam of that day says just the same. Flags that
-- were read out of a text (`condition:...`) are no columns; their texts are compared.
UPDATE exams_uploadrow AS r
SET state = 'unchanged'
FROM (
    SELECT r.id
    FROM exams_uploadrow AS r
    -- Each row looks up its day, whatever the planner knows of a table that is just being filled.
    CROSS JOIN LATERAL (
        SELECT e.results, e.texts, e.qualifiers
        FROM exams_exam AS e
        WHERE e.person_id = r.person_id AND e.taken_on = r.exam_on AND e.state = 'current'
        OFFSET 0
    ) AS e
    WHERE r.upload_id = %(upload)s
      AND r.number BETWEEN %(first)s AND %(last)s
      AND r.state = ANY (%(states)s::text[])
      AND e.results - ARRAY(SELECT jsonb_object_keys(e.results) EXCEPT SELECT unnest(%(codes)s::text[]))
        = r.values - ARRAY(SELECT jsonb_object_keys(r.values) EXCEPT SELECT unnest(%(codes)s::text[]))
      AND e.texts - ARRAY(SELECT jsonb_object_keys(e.texts) EXCEPT SELECT unnest(%(codes)s::text[]))
        = r.texts - ARRAY(SELECT jsonb_object_keys(r.texts) EXCEPT SELECT unnest(%(codes)s::text[]))
      AND e.qualifiers - ARRAY(SELECT jsonb_object_keys(e.qualifiers) EXCEPT SELECT unnest(%(codes)s::text[]))
        = r.qualifiers - ARRAY(SELECT jsonb_object_keys(r.qualifiers) EXCEPT SELECT unnest(%(codes)s::text[]))
) AS same
WHERE r.id = same.id
