-- Histories of an organisation are written one after the other: what another job has just said is not said twice.
SELECT pg_advisory_xact_lock(hashtext(current_schema() || '/risk.history'))
