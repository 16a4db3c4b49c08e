-- What the rows of an upload that go in next would be beside what is stored: new, unchanged (as mark_unchanged.sql sees it), or
-- changed; how many of each, and some of those that change.
WITH told AS (
    SELECT
        r.number,
        bool_or(
            e.results - ARRAY(SELECT jsonb_object_keys(e.results) EXCEPT SELECT unnest(%(codes)s::text[]))
              = r.values - ARRAY(SELECT jsonb_object_keys(r.values) EXCEPT SELECT unnest(%(codes)s::text[]))
            AND e.texts - ARRAY(SELECT jsonb_object_keys(e.texts) EXCEPT SELECT unnest(%(codes)s::text[]))
              = r.texts - ARRAY(SELECT jsonb_object_keys(r.texts) EXCEPT SELECT unnest(%(codes)s::text[]))
            AND e.qualifiers - ARRAY(SELECT jsonb_object_keys(e.qualifiers) EXCEPT SELECT unnest(%(codes)s::text[]))
              = r.qualifiers - ARRAY(SELECT jsonb_object_keys(r.qualifiers) EXCEPT SELECT unnest(%(codes)s::text[]))
        ) AS is_same
    FROM exams_uploadrow AS r
    JOIN exams_exam AS e ON e.person_id = r.person_id AND e.taken_on = r.exam_on AND e.state = 'current'
    WHERE r.upload_id = %(upload)s AND r.state = ANY (%(states)s::text[])
    GROUP BY r.number
)
SELECT
    (SELECT count(*) FROM exams_uploadrow WHERE upload_id = %(upload)s AND state = ANY (%(states)s::text[])) - (SELECT count(*) FROM told) AS new,
    (SELECT count(*) FROM told WHERE is_same) AS unchanged,
    (SELECT count(*) FROM told WHERE NOT is_same) AS changed,
    ARRAY(SELECT number FROM told WHERE NOT is_same ORDER BY number LIMIT %(limit)s OFFSET %(offset)s) AS numbers
