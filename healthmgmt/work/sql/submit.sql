-- `org` is not named: the database fills in whose role this is.
INSERT INTO work_job
    (kind, key, payload, lane, state, origin, attempts, lease_by, run_after, done, total, cursor, message, error, created_at)
VALUES
    (%(kind)s, %(key)s, %(payload)s, %(lane)s, 'queued', %(origin)s, 0, '', coalesce(%(run_after)s, statement_timestamp()),
     0, 0, '{}', '', '', statement_timestamp())
ON CONFLICT (org, kind, key) DO NOTHING
