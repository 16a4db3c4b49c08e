-- Planned steps whose day has come. The state makes it once: whoever comes second finds them fired. The platform asks nobody
-- for more than so many things in seven days, contacts by others counted: what is over that waits for a later day. What those
-- who care for somebody have to do does not wait.
WITH due AS (
    SELECT s.id
    FROM care_step AS s
    JOIN care_plan AS p ON p.id = s.plan_id AND p.ended_on IS NULL
    WHERE s.state = 'planned' AND s.due_on <= %(today)s AND coalesce(s.postponed_until, s.due_on) <= %(today)s
      AND s.id BETWEEN %(first)s AND %(last)s
      AND (
          s.doer <> 'person'
          OR (
              SELECT count(*)
              FROM care_plan AS theirs
              JOIN care_step AS other ON other.plan_id = theirs.id
              WHERE theirs.person_id = p.person_id AND other.doer = 'person'
                AND (
                    other.fired_on > %(today)s::date - 7
                    OR other.state = 'planned' AND coalesce(other.postponed_until, other.due_on) <= %(today)s
                    AND (other.due_on, other.id) < (s.due_on, s.id)
                )
          ) + (
              SELECT count(*)
              FROM care_contact AS c
              WHERE c.person_id = p.person_id AND c.made_at > %(today)s::date - 7 AND c.ending = ANY (%(reached)s::text[])
          ) < %(most)s
      )
    ORDER BY s.due_on, s.id
    LIMIT %(size)s
    FOR UPDATE OF s
)
UPDATE care_step AS s
SET state = 'fired', fired_on = %(today)s,
    lapses_on = CASE WHEN s.window_days > 0 THEN %(today)s::date + s.window_days END
FROM due
WHERE s.id = due.id
