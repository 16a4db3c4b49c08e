-- Whether the database may join one by one, for the rest of the transaction. In a count over everybody that is never right, though it cannot
-- tell how many come out of a part of the statement.
SELECT set_config('enable_nestloop', CASE WHEN %(bulk)s THEN 'off' ELSE 'on' END, true)
