UPDATE people_rosterrow AS r
SET unit_id = pair.unit_id
FROM unnest(%(paths)s::int[], %(units)s::bigint[]) AS pair (path_number, unit_id)
WHERE r.path_number = pair.path_number
