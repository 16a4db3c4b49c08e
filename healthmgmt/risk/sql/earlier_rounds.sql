-- Rounds of people beside the present one that have to be judged: those of which no assessment is known that rests on exams that still
-- count; the round before the present one by this edition. A round is a period, or a calendar year where no period is known; its day is
-- that of the person's last exam in it; readings that were taken back, or that the person does not want to count, make no round known; home readings of that day and before count in it. A later round than the present one holds nothing but what came too late to count. With `renew`
-- an assessment has to know the exam that was delivered last, too.
WITH who AS MATERIALIZED (
    SELECT unnest(%(people)s::bigint[]) AS person_id
),
exam AS MATERIALIZED (
    SELECT e.person_id, e.id, e.taken_on, coalesce(
        (SELECT max(p.starts_on) FROM organization_period AS p WHERE e.taken_on BETWEEN p.starts_on AND p.ends_on),
        date_trunc('year', e.taken_on)::date
    ) AS begins
    FROM who
    JOIN exams_exam AS e ON e.person_id = who.person_id AND e.state = 'current' AND e.results <> '{}'
),
known AS MATERIALIZED (
    SELECT
        a.id, a.person_id, a.is_current, (a.pack, a.edition) = (%(pack)s, %(edition)s) AS is_same,
        greatest(max(e.taken_on), a.home_on) AS newest_on, max(e.id) AS newest_exam, bool_and(e.state = 'current') AND (a.readings = '{}' OR (
        NOT EXISTS (SELECT 1 FROM devices_reading AS r WHERE r.id = ANY (a.readings) AND r.withdrawn_at IS NOT NULL)
        AND (
            NOT EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = a.person_id AND c.purpose = 'home_readings')
            OR EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = a.person_id AND c.purpose = 'home_readings' AND c.withdrawn_at IS NULL)
        )
    )) AS is_whole
    FROM who
    JOIN risk_assessment AS a ON a.person_id = who.person_id
    LEFT JOIN exams_exam AS e ON e.id = ANY (a.exams)
    WHERE a.exams <> '{}' OR a.readings <> '{}'
    GROUP BY a.id
),
round AS (
    SELECT
        exam.person_id, max(exam.taken_on) AS ends_on, max(exam.id) AS newest_exam,
        row_number() OVER (PARTITION BY exam.person_id ORDER BY exam.begins DESC) AS back
    FROM exam
    LEFT JOIN known AS present ON present.person_id = exam.person_id AND present.is_current
    WHERE present.id IS NULL OR exam.begins <> coalesce(
        (SELECT max(p.starts_on) FROM organization_period AS p WHERE present.newest_on BETWEEN p.starts_on AND p.ends_on),
        date_trunc('year', present.newest_on)::date
    )
    GROUP BY exam.person_id, exam.begins
)
SELECT round.person_id, round.ends_on, round.back
FROM round
WHERE NOT EXISTS (
    SELECT 1
    FROM known
    WHERE known.person_id = round.person_id AND known.newest_on = round.ends_on AND known.is_whole
      AND (known.is_same OR round.back > 1)
      AND (NOT %(renew)s OR known.newest_exam >= round.newest_exam)
)
ORDER BY round.back, round.person_id
