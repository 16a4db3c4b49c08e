-- Who of the people works under a hazard on the day of their own, and since when.
SELECT one.person_id, one.since
FROM unnest(%(people)s::bigint[], %(days)s::date[]) AS asked (person_id, as_of)
JOIN people_exposure AS one ON one.person_id = asked.person_id
WHERE one.kind = %(kind)s AND one.since <= asked.as_of AND (one.until IS NULL OR one.until >= asked.as_of)
ORDER BY one.person_id, one.since
