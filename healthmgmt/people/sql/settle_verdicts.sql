UPDATE people_rosterrow
SET verdict = CASE
        WHEN changes = '' THEN 'unchanged'
        WHEN string_to_array(changes, ',') @> '{left}' THEN 'left'
        ELSE 'updated'
    END
WHERE verdict = 'ready'
