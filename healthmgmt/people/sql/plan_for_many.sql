-- The staging table is empty whenever statistics are taken, so the planner would expect a handful of rows and walk
-- 200,000 of them once for each of 200,000. Until the end of this transaction it hashes or sorts instead.
SELECT set_config('enable_nestloop', 'off', true)
