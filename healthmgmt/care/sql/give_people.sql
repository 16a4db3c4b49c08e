-- People get a case manager of their own. Who had one whose time is over, or is the one who hands over, ends there; what somebody else
-- arranged meanwhile stays.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(people)s::bigint[], %(managers)s::bigint[]) AS given(person_id, manager_id)
),
ended AS MATERIALIZED (
    UPDATE care_assignment AS own
    SET ended_at = now(), ended_by = %(by)s
    FROM given, accounts_user AS holder
    WHERE own.person_id = given.person_id AND own.ended_at IS NULL AND holder.id = own.manager_id
      AND (own.manager_id = %(from_manager)s OR %(from_manager)s::bigint IS NULL AND NOT holder.is_active)
    RETURNING own.person_id, own.reasons
)
INSERT INTO care_assignment (manager_id, person_id, reasons, started_at, started_by, ended_by)
SELECT given.manager_id, given.person_id, coalesce(ended.reasons, '{}'), now(), %(by)s, ''
FROM given
LEFT JOIN ended USING (person_id)
WHERE ended.person_id IS NOT NULL OR %(from_manager)s::bigint IS NULL
ON CONFLICT DO NOTHING
RETURNING person_id
