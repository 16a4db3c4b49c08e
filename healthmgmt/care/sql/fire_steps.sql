-- Planned steps whose day has come. The state makes it once: whoever comes second finds them fired. The platform asks nobody
-- for more than so many things in seven days, contacts by others counted: what is over that waits for a later day. What those
-- who care for somebody have to do does not wait for that, but it does for a free day to be over. Nothing fires in a plan that is
-- paused. A class A result (`urgent`) waits for nothing.
WITH ripe AS MATERIALIZED (
    SELECT s.id, s.plan_id, s.due_on, s.doer
    FROM care_step AS s
    WHERE s.state = 'planned' AND s.due_on <= %(today)s AND coalesce(s.postponed_until, s.due_on) <= %(today)s
),
due AS MATERIALIZED (
    SELECT ripe.id, ripe.due_on, ripe.doer, p.person_id
    FROM ripe
    -- Looked up one by one: of all plans that are open a day concerns few.
    CROSS JOIN LATERAL (SELECT * FROM care_plan AS one WHERE one.id = ripe.plan_id AND one.ended_on IS NULL OFFSET 0) AS p
    LEFT JOIN care_pause AS pause ON pause.person_id = p.person_id AND pause.ended_on IS NULL
    WHERE p.template = ANY (%(urgent)s::text[]) OR pause.id IS NULL AND NOT (ripe.doer <> 'person' AND %(is_free)s)
),
asked AS (
    SELECT person_id, count(*) AS times
    FROM (
        SELECT p.person_id
        FROM care_step AS s
        JOIN care_plan AS p ON p.id = s.plan_id
        WHERE s.doer = 'person' AND s.fired_on > %(today)s::date - 7
        UNION ALL
        SELECT c.person_id
        FROM care_contact AS c
        WHERE c.made_at >= (%(today)s::date - 6)::timestamp AT TIME ZONE %(timezone)s AND c.ending = ANY (%(reached)s::text[])
    ) AS one
    GROUP BY person_id
),
allowed AS (
    SELECT id, due_on FROM due WHERE doer <> 'person'
    UNION ALL
    SELECT own.id, own.due_on
    FROM (
        SELECT id, due_on, person_id, row_number() OVER (PARTITION BY person_id ORDER BY due_on, id) AS turn
        FROM due
        WHERE doer = 'person'
    ) AS own
    LEFT JOIN asked ON asked.person_id = own.person_id
    WHERE own.turn + coalesce(asked.times, 0) <= %(most)s
),
first AS MATERIALIZED (
    SELECT id FROM allowed WHERE id BETWEEN %(first)s AND %(last)s ORDER BY due_on, id LIMIT %(size)s
),
claimed AS MATERIALIZED (
    SELECT s.id FROM care_step AS s JOIN first ON first.id = s.id WHERE s.state = 'planned' ORDER BY s.id FOR UPDATE OF s
)
UPDATE care_step AS s
SET state = 'fired', fired_on = %(today)s,
    lapses_on = CASE WHEN s.window_days > 0 THEN %(today)s::date + s.window_days END
FROM claimed
WHERE s.id = claimed.id
