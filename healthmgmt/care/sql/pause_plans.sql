-- What was planned in the open plan of somebody who pauses it: it is planned anew when the plan goes on. What the person put off
-- keeps its place.
DELETE FROM care_step AS s
USING care_plan AS p
WHERE p.id = s.plan_id AND p.person_id = %(person)s AND p.ended_on IS NULL
  AND s.state = 'planned' AND (s.postponed_until IS NULL OR s.doer <> 'person')
