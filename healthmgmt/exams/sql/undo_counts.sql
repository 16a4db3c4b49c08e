-- What undoing an upload would change: exams that go, people concerned, exams of other uploads that would count again, and people
-- who would be left without any exam in a period.
WITH own AS (
    SELECT id, person_id, taken_on FROM exams_exam WHERE upload_id = %(upload)s AND state IN ('current', 'superseded')
),
others AS MATERIALIZED (
    SELECT
        e.id, e.person_id, e.taken_on, e.state, e.results, e.texts, e.qualifiers, e.left_out, source.layout -> 'codes' AS codes,
        ARRAY(SELECT jsonb_array_elements_text(source.layout -> 'codes')) AS names,
        -- Without the flags that were read out of a text, which stands among the texts.
        (
            SELECT coalesce(jsonb_agg(said.key), '[]')
            FROM jsonb_object_keys(e.results || e.texts) AS said (key)
            WHERE strpos(said.key, ':') = 0 OR e.texts ? said.key
        ) AS columns,
        ARRAY(SELECT jsonb_object_keys(e.results || e.texts)) AS said
    FROM (SELECT DISTINCT person_id, taken_on FROM own) AS days
    JOIN exams_exam AS e USING (person_id, taken_on)
    JOIN exams_upload AS source ON source.id = e.upload_id
    WHERE e.upload_id <> %(upload)s AND e.state <> 'withdrawn'
),
alike AS MATERIALIZED (
    -- A repeat and an earlier exam that says the same, with none between them that replaced it.
    SELECT r.id AS repeat_id, e.id AS earlier_id, e.state = 'repeated' AS is_repeat
    FROM others AS r
    JOIN others AS e ON e.person_id = r.person_id AND e.taken_on = r.taken_on AND e.id < r.id
    WHERE r.state = 'repeated'
      AND e.results - ARRAY(SELECT jsonb_object_keys(e.results) EXCEPT SELECT unnest(r.names))
        = r.results - ARRAY(SELECT jsonb_object_keys(r.results) EXCEPT SELECT unnest(r.names))
      AND e.texts - ARRAY(SELECT jsonb_object_keys(e.texts) EXCEPT SELECT unnest(r.names))
        = r.texts - ARRAY(SELECT jsonb_object_keys(r.texts) EXCEPT SELECT unnest(r.names))
      AND e.qualifiers - ARRAY(SELECT jsonb_object_keys(e.qualifiers) EXCEPT SELECT unnest(r.names))
        = r.qualifiers - ARRAY(SELECT jsonb_object_keys(r.qualifiers) EXCEPT SELECT unnest(r.names))
      AND NOT EXISTS (
          SELECT 1
          FROM others AS y
          WHERE y.person_id = r.person_id AND y.taken_on = r.taken_on AND y.id > e.id AND y.id < r.id
            AND y.state <> 'repeated' AND y.codes @> e.columns AND NOT y.left_out ?| e.said
      )
),
alone AS (
    SELECT id FROM others WHERE state = 'repeated' EXCEPT SELECT repeat_id FROM alike WHERE NOT is_repeat
),
awake AS (
    -- Of several alone the first wakes; another stays a repeat where that one says the same.
    SELECT id FROM alone
    EXCEPT
    SELECT repeat_id FROM alike WHERE is_repeat AND earlier_id IN (SELECT id FROM alone)
)
SELECT
    (SELECT count(*) FROM own) AS exams,
    (SELECT count(DISTINCT person_id) FROM own) AS people,
    (
        SELECT count(*)
        FROM others AS e
        WHERE (e.state = 'superseded' OR e.id IN (SELECT id FROM awake))
          AND NOT EXISTS (
              SELECT 1
              FROM others AS later
              WHERE later.person_id = e.person_id
                AND later.taken_on = e.taken_on
                AND later.id > e.id
                AND (later.state <> 'repeated' OR later.id IN (SELECT id FROM awake))
                AND later.codes @> e.columns
                AND NOT later.left_out ?| e.said
          )
    ) AS revived,
    (
        SELECT count(DISTINCT own.person_id)
        FROM own
        JOIN organization_period AS p ON own.taken_on BETWEEN p.starts_on AND p.ends_on
        WHERE NOT EXISTS (
            SELECT 1
            FROM exams_exam AS e
            WHERE e.person_id = own.person_id
              AND e.taken_on BETWEEN p.starts_on AND p.ends_on
              AND e.upload_id <> %(upload)s
              AND e.state <> 'withdrawn'
        )
    ) AS bare
