-- Who may answer a person, with how near they stand (their own manager first, then by the depth of the unit) and how many people
-- wait for an answer of theirs. The person's own account is never among them.
WITH carer AS (
    SELECT own.manager_id AS user_id, 'case_manager' AS profession, 1000 AS nearness
    FROM care_assignment AS own
    WHERE own.person_id = %(person)s AND own.ended_at IS NULL
    UNION
    SELECT given.manager_id, 'case_manager', u.level
    FROM people_person AS p
    JOIN organization_unit AS here ON here.id = p.unit_id
    JOIN organization_unit AS u ON starts_with(here.path, u.path)
    JOIN care_assignment AS given ON given.unit_id = u.id AND given.ended_at IS NULL
    WHERE p.id = %(person)s
    UNION
    SELECT held.user_id, held.role, u.level
    FROM people_person AS p
    JOIN organization_unit AS here ON here.id = p.unit_id
    JOIN organization_unit AS u ON starts_with(here.path, u.path)
    JOIN organization_membership AS held ON held.unit_id = u.id AND held.role IN ('case_manager', 'physician')
    WHERE p.id = %(person)s
)
SELECT carer.user_id, carer.profession, max(carer.nearness) AS nearness, (
    SELECT count(DISTINCT m.person_id)
    FROM care_addressee AS a
    JOIN care_message AS m ON m.id = a.message_id AND m.answered_at IS NULL
    WHERE a.user_id = carer.user_id
) AS load
FROM carer
JOIN accounts_user AS u ON u.id = carer.user_id AND u.is_active
    -- Who has no role in care any more opens no record, whatever was assigned once.
    AND EXISTS (SELECT 1 FROM organization_membership AS held WHERE held.user_id = u.id AND held.role IN ('case_manager', 'physician'))
JOIN people_person AS p ON p.id = %(person)s AND p.user_id IS DISTINCT FROM carer.user_id
GROUP BY carer.user_id, carer.profession
ORDER BY nearness DESC, load, carer.user_id
