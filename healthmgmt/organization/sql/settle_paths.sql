-- Units that were just added carry a provisional path; their ids are known now.
UPDATE organization_unit AS unit
SET path = parent.path || unit.id || '.'
FROM organization_unit AS parent
WHERE parent.id = unit.parent_id
  AND unit.id = ANY(%(ids)s)
