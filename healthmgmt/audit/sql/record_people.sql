INSERT INTO audit_event (at, action, actor, actor_id, subject_kind, subject_id, person_id, detail, reason, address)
SELECT clock_timestamp(), %(action)s, %(actor)s, %(actor_id)s, %(subject_kind)s, %(subject_id)s, person_id, %(detail)s::jsonb, '', %(address)s
FROM unnest(%(person_ids)s::bigint[]) AS person_id
