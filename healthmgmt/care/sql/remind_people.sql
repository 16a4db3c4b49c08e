-- People in whose open plan something of their own waits that they were not told of, so many at once; it counts as told from
-- today on, all of one person's together. Nobody whose plan is
-- paused, and nobody who has left.
WITH chosen AS (
    SELECT DISTINCT s.plan_id
    FROM care_step AS s
    JOIN care_plan AS p ON p.id = s.plan_id AND p.ended_on IS NULL
    JOIN people_person AS person ON person.id = p.person_id AND (person.left_on IS NULL OR person.left_on > %(today)s)
    WHERE s.state = 'fired' AND s.doer = 'person' AND s.reminded_on IS NULL
      AND NOT EXISTS (SELECT 1 FROM care_pause AS pause WHERE pause.person_id = p.person_id AND pause.ended_on IS NULL)
    ORDER BY s.plan_id
    LIMIT %(size)s
),
told AS (
    UPDATE care_step AS s
    SET reminded_on = %(today)s
    FROM chosen
    WHERE s.plan_id = chosen.plan_id AND s.state = 'fired' AND s.doer = 'person' AND s.reminded_on IS NULL
)
SELECT p.person_id FROM chosen JOIN care_plan AS p ON p.id = chosen.plan_id
