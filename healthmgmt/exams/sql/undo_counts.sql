-- What undoing an upload would change: exams withdrawn, people concerned, exams that would count again.
WITH own AS (
    SELECT id, person_id, taken_on FROM exams_exam WHERE upload_id = %(upload)s AND state <> 'withdrawn'
)
SELECT
    (SELECT count(*) FROM own) AS exams,
    (SELECT count(DISTINCT person_id) FROM own) AS people,
    (
        SELECT count(DISTINCT e.id)
        FROM own
        JOIN exams_exam AS e ON e.person_id = own.person_id AND e.taken_on = own.taken_on
        WHERE e.upload_id <> %(upload)s
          AND e.state = 'superseded'
          AND NOT EXISTS (
              SELECT 1
              FROM exams_exam AS later
              JOIN exams_upload AS source ON source.id = later.upload_id
              WHERE later.person_id = e.person_id
                AND later.taken_on = e.taken_on
                AND later.id > e.id
                AND later.upload_id <> %(upload)s
                AND later.state <> 'withdrawn'
                AND source.layout -> 'codes' @> (
                    SELECT coalesce(jsonb_agg(said.key), '[]')
                    FROM jsonb_object_keys(e.results || e.texts) AS said (key)
                    WHERE strpos(said.key, ':') = 0 OR e.texts ? said.key
                )
                AND NOT later.left_out ?| ARRAY(SELECT jsonb_object_keys(e.results || e.texts))
          )
    ) AS revived
