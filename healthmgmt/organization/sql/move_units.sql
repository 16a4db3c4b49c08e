-- The whole subtree gets its new path, level and tier at once; nobody sees half a move.
UPDATE organization_unit
SET path = %(new_path)s || substr(path, length(%(old_path)s) + 1),
    level = level + %(deeper)s,
    tier = CASE WHEN level + %(deeper)s = 1 THEN 'secondary' ELSE 'grassroots' END
WHERE path LIKE %(old_path)s || '%%'
