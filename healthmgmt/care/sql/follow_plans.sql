-- What comes after plans that were carried through, for who still works here; nothing after one that was not wanted. Returns the new plans.
WITH template AS (
    SELECT * FROM jsonb_to_recordset(%(plans)s::jsonb) AS t(slug text, version int, colour text, "then" text)
)
INSERT INTO care_plan (uuid, person_id, assessment_id, template, version, colour, opened_on, outcome)
SELECT gen_random_uuid(), p.person_id, p.assessment_id, next.slug, next.version, next.colour, %(today)s, ''
FROM care_plan AS p
JOIN people_person AS person ON person.id = p.person_id AND (person.left_on IS NULL OR person.left_on > %(today)s)
JOIN template AS t ON t.slug = p.template AND t.version = p.version
JOIN template AS next ON next.slug = t."then"
WHERE p.id = ANY (%(plan_ids)s::bigint[]) AND p.outcome IN ('finished', 'goal_reached')
ORDER BY p.person_id
ON CONFLICT (person_id) WHERE ended_on IS NULL DO NOTHING
RETURNING id
