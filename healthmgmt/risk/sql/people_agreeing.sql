-- Who of the people has not taken the consent to a purpose back.
SELECT one.person_id
FROM unnest(%(people)s::bigint[]) AS one (person_id)
WHERE NOT EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = one.person_id AND c.purpose = %(purpose)s)
   OR EXISTS (SELECT 1 FROM people_consent AS c WHERE c.person_id = one.person_id AND c.purpose = %(purpose)s AND c.withdrawn_at IS NULL)
