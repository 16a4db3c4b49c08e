-- For integrity lights: how the values of a period lie, by the unit that each person is due in. One examination a person, the newest.
WITH due AS (
    SELECT DISTINCT ON (e.person_id) e.person_id, e.unit_id
    FROM people_employment AS e
    WHERE e.started_on <= %(reference_day)s AND (e.ended_on IS NULL OR e.ended_on >= %(reference_day)s)
    ORDER BY e.person_id, e.started_on DESC, e.id DESC
),
newest AS MATERIALIZED (
    SELECT due.unit_id, x.upload_id, x.results
    FROM (
        SELECT DISTINCT ON (person_id) person_id, id
        FROM exams_exam
        WHERE state = 'current' AND results <> '{}' AND taken_on BETWEEN %(starts_on)s AND %(ends_on)s
        ORDER BY person_id, taken_on DESC, id DESC
    ) AS one
    JOIN due ON due.person_id = one.person_id
    JOIN exams_exam AS x ON x.id = one.id
),
pile AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(piles)s::jsonb) AS p(slug text, code text, low numeric, high numeric)
),
hashed AS MATERIALIZED (
    SELECT unit_id, upload_id, md5(results::text) AS vector, results FROM newest
),
alike AS (
    SELECT upload_id, vector FROM hashed GROUP BY upload_id, vector HAVING count(*) > 1
)
SELECT newest.unit_id, pile.slug AS name, width_bucket((newest.results ->> pile.code)::numeric, pile.low, pile.high, 4) AS place, count(*) AS people
FROM newest
JOIN pile ON newest.results ? pile.code
GROUP BY 1, 2, 3
UNION ALL
SELECT newest.unit_id, 'digits', ((newest.results ->> code)::numeric %% 10)::int, count(*)
FROM newest
CROSS JOIN unnest(%(pressures)s::text[]) AS code
WHERE newest.results ? code AND (newest.results ->> code)::numeric %% 1 = 0
GROUP BY 1, 3
UNION ALL
-- Answers to questions (`condition:...`) are alike without meaning anything.
SELECT
    hashed.unit_id, 'identical',
    CASE
        WHEN alike.vector IS NOT NULL AND (SELECT count(*) FROM jsonb_object_keys(hashed.results) AS code WHERE strpos(code, ':') = 0) >= %(values)s THEN 0
        ELSE 1
    END,
    count(*)
FROM hashed
LEFT JOIN alike ON alike.upload_id = hashed.upload_id AND alike.vector = hashed.vector
GROUP BY 1, 3
