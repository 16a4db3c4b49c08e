-- The transaction's own number is later than that of every one which runs already.
SELECT (SELECT coalesce(max(id), 0) FROM audit_event), pg_current_xact_id()::text::bigint
