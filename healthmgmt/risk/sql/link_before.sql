-- "Better or worse than last year", for the current assessments of people: against the round before, which is that of the newest exam
-- that counts from before the present round began, by the same edition. Nothing where it is not judged so.
WITH present AS MATERIALIZED (
    SELECT a.id, a.person_id, a.pack, a.edition, coalesce(
        (SELECT max(p.starts_on) FROM organization_period AS p WHERE read.newest_on BETWEEN p.starts_on AND p.ends_on),
        date_trunc('year', read.newest_on)::date
    ) AS begins
    FROM risk_assessment AS a
    CROSS JOIN LATERAL (SELECT greatest(max(e.taken_on), a.home_on) AS newest_on FROM exams_exam AS e WHERE e.id = ANY (a.exams)) AS read
    WHERE a.person_id = ANY (%(people)s::bigint[]) AND a.is_current
),
last_time AS MATERIALIZED (
    SELECT present.*, (
        SELECT max(e.taken_on)
        FROM exams_exam AS e
        WHERE e.person_id = present.person_id AND e.state = 'current' AND e.results <> '{}' AND e.taken_on < present.begins
    ) AS newest_on
    FROM present
),
chosen AS (
    SELECT DISTINCT ON (last_time.id) last_time.id, a.id AS before_id
    FROM last_time
    JOIN risk_assessment AS a
        ON a.person_id = last_time.person_id AND a.pack = last_time.pack AND a.edition = last_time.edition AND NOT a.is_current
    CROSS JOIN LATERAL (
        SELECT greatest(max(e.taken_on), a.home_on) AS newest_on, max(e.id) AS newest_exam, bool_and(e.state = 'current') AS is_whole
        FROM exams_exam AS e
        WHERE e.id = ANY (a.exams)
    ) AS read
    WHERE read.newest_on = last_time.newest_on AND read.is_whole
      AND (a.readings = '{}' OR (
          NOT EXISTS (SELECT 1 FROM devices_reading AS r WHERE r.id = ANY (a.readings) AND r.withdrawn_at IS NOT NULL)
          AND (
              NOT EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = a.person_id AND c.purpose = 'home_readings')
              OR EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = a.person_id AND c.purpose = 'home_readings' AND c.withdrawn_at IS NULL)
          )
      ))
    ORDER BY last_time.id, read.newest_exam DESC, a.id DESC
)
UPDATE risk_assessment AS a
SET before_id = chosen.before_id
FROM last_time
LEFT JOIN chosen ON chosen.id = last_time.id
WHERE a.id = last_time.id AND a.before_id IS DISTINCT FROM chosen.before_id
