-- A case manager's list: each of their people for whom something is to be done once, under the first heading that fits.
--   alert     an alert is open
--   first     red, and nobody spoke to the person since the plan began
--   worsened  the colour is worse than in the round before, by the same edition, and nobody has called about it
--   due       the next contact, or a case manager's step of the plan, is due
--   tried     called, but never reached
-- Whose plan is paused is not called, but for an alert, and for red whom nobody has spoken to and who paused it alone. A pause without
-- an end is looked at again after 90 days.
-- Who has taken the consent to calls back is called for an alert alone.
-- A colour that has expired (all its values left the window) is no reason by itself, but ends nothing that is due.
-- Whom somebody has just called (the next contact lies ahead) comes back on that day; alerts and people never reached stay.
WITH mine AS MATERIALIZED (
    -- Looked up one by one: a table of everybody is not read for some people.
    SELECT p.id, p.uuid, p.name, p.sex, p.birth, p.unit_id, p.left_on
    FROM care_assignment AS own
    CROSS JOIN LATERAL (SELECT * FROM people_person AS one WHERE one.id = own.person_id OFFSET 0) AS p
    WHERE own.manager_id = %(user)s AND own.ended_at IS NULL AND own.person_id IS NOT NULL
    UNION ALL
    SELECT p.id, p.uuid, p.name, p.sex, p.birth, p.unit_id, p.left_on
    FROM people_person AS p
    WHERE p.unit_id = ANY (%(units)s::bigint[]) AND NOT coalesce((
        SELECT manager.is_active OR own.manager_id = %(user)s
        FROM care_assignment AS own
        JOIN accounts_user AS manager ON manager.id = own.manager_id
        WHERE own.person_id = p.id AND own.ended_at IS NULL
    ), false)
),
present AS MATERIALIZED (
    -- Everybody listed once, so that nothing further down joins these people with themselves.
    SELECT
        mine.*, mine.id AS person_id, a.id AS assessment_id, a.colour, a.before_id, a.exams, a.home_on, plan.id AS plan_id,
        coalesce(plan.opened_on, a.assessed_on) AS since,
        mine.id IN (SELECT open.person_id FROM care_alert AS open WHERE open.closed_at IS NULL) AS has_alert
    FROM mine
    LEFT JOIN risk_assessment AS a ON a.person_id = mine.id AND a.is_current AND (mine.left_on IS NULL OR mine.left_on > %(today)s)
    LEFT JOIN care_plan AS plan ON plan.person_id = a.person_id AND plan.ended_on IS NULL
),
tally AS MATERIALIZED (
    SELECT
        c.person_id,
        (array_agg(c.next_on ORDER BY c.made_at DESC, c.id DESC))[1] AS next_on,
        (array_agg(c.ending ORDER BY c.made_at DESC, c.id DESC))[1] AS ending,
        max(c.made_at) FILTER (WHERE c.ending = ANY (%(reached)s::text[])) AS reached_at,
        count(*) FILTER (WHERE (c.made_at AT TIME ZONE %(timezone)s)::date >= present.since) AS tries
    FROM present
    JOIN care_contact AS c ON c.person_id = present.id
    GROUP BY c.person_id
),
step AS MATERIALIZED (
    -- Whoever has been called comes back on the day agreed on: the plan says nothing about it.
    SELECT DISTINCT ON (s.plan_id) s.plan_id, coalesce(s.postponed_until, s.due_on) AS due_on, s.number AS step
    FROM present
    LEFT JOIN tally ON tally.person_id = present.id
    JOIN care_step AS s ON s.plan_id = present.plan_id AND s.doer = 'case_manager' AND s.state IN ('planned', 'fired')
    WHERE tally.next_on IS NULL
    ORDER BY s.plan_id, coalesce(s.postponed_until, s.due_on), s.number
),
placed AS (
    SELECT
        present.*, alarm.alert_id, alarm.alerts, alarm.waiting_since,
        tally.next_on, tally.ending, coalesce(tally.tries, 0) AS tries, tally.reached_at, step.due_on, step.step, before.colour AS former,
        coalesce(tally.next_on <= %(today)s, true) AS is_free,
        coalesce(pause.until IS NOT NULL OR pause.begun_on > %(today)s::date - 90, false) AS is_paused,
        coalesce(pause.until IS NULL AND pause.begun_on <= %(today)s::date - 90, false) AS is_long_paused,
        coalesce(pause.is_own, false) AS is_own_pause,
        coalesce((tally.reached_at AT TIME ZONE %(timezone)s)::date >= present.since, false) AS is_reached
    FROM present
    LEFT JOIN tally ON tally.person_id = present.id
    LEFT JOIN LATERAL (
        -- The class A alert of the newest measurement stands for all of a person; the clock is that of the oldest nobody has called about.
        SELECT
            (array_agg(a.id ORDER BY starts_with(a.code, 'rapid_'), a.measured_on DESC, a.id))[1] AS alert_id, count(*) AS alerts,
            min(a.opened_at) FILTER (WHERE tally.reached_at IS NULL OR a.opened_at > tally.reached_at) AS waiting_since
        FROM care_alert AS a
        WHERE present.has_alert AND a.person_id = present.id AND a.closed_at IS NULL
        HAVING count(*) > 0
    ) AS alarm ON true
    LEFT JOIN step ON step.plan_id = present.plan_id
    LEFT JOIN care_pause AS pause ON pause.person_id = present.id AND pause.ended_on IS NULL
    LEFT JOIN LATERAL (
        SELECT a.colour
        FROM risk_assessment AS a
        WHERE a.id = present.before_id
          AND present.colour = ANY (%(worsened_colours)s::text[])
          -- Of a colour that has expired nothing is compared; asked of those alone who would be worse.
          AND CASE WHEN array_position(%(ranks)s::text[], present.colour) > array_position(%(ranks)s::text[], a.colour) THEN NOT coalesce((
              SELECT greatest(max(e.taken_on), present.home_on) FROM exams_exam AS e WHERE e.id = ANY (present.exams)
          ) <= %(window_start)s, false) END
        OFFSET 0
    ) AS before ON true
),
headed AS (
    SELECT placed.*, CASE
        WHEN alert_id IS NOT NULL THEN 'alert'
        WHEN colour IS NULL THEN NULL
        WHEN is_paused AND NOT (is_own_pause AND colour = 'red') THEN NULL
        WHEN colour = 'red' AND NOT is_reached AND is_free THEN 'first'
        WHEN is_paused THEN NULL
        WHEN tries > 0 AND NOT is_reached THEN 'tried'
        WHEN former IS NOT NULL AND tries = 0 THEN 'worsened'
        WHEN is_free AND (is_long_paused OR coalesce(next_on, due_on) <= %(today)s) THEN 'due'
    END AS heading
    FROM placed
),
counted AS (
    SELECT
        headed.*,
        row_number() OVER (
            PARTITION BY heading
            ORDER BY
                CASE WHEN heading = 'alert' THEN waiting_since END NULLS LAST, CASE WHEN heading = 'alert' THEN next_on END,
                is_reached, birth DESC NULLS LAST, id
        ) AS place,
        count(*) OVER (PARTITION BY heading) AS people,
        count(*) FILTER (WHERE is_free OR waiting_since IS NOT NULL) OVER (PARTITION BY heading) AS today_people
    FROM headed
    -- Consent is looked up for those alone whom there is a reason to call.
    WHERE heading = 'alert' OR heading IS NOT NULL AND coalesce((
        SELECT c.withdrawn_at IS NULL FROM people_consent AS c
        WHERE c.person_id = headed.person_id AND c.purpose = 'care_contact'
        ORDER BY c.given_at DESC, c.id DESC
        LIMIT 1
    ), true)
)
SELECT
    counted.id, counted.uuid, counted.name, counted.sex, counted.birth, unit.name AS unit, counted.heading, counted.place, counted.people,
    counted.today_people, coalesce(counted.colour, 'red') AS colour, CASE WHEN read.newest_on <= %(window_start)s THEN read.newest_on END AS expired_of,
    counted.former, counted.alerts, counted.waiting_since, counted.next_on, counted.ending, counted.tries, counted.due_on, counted.step,
    counted.is_free, plan.template, plan.version,
    alert.code, alert.confirmed_by, basis.reasons, basis.pack, basis.edition
FROM counted
JOIN organization_unit AS unit ON unit.id = counted.unit_id
LEFT JOIN care_alert AS alert ON alert.id = counted.alert_id
LEFT JOIN risk_assessment AS basis ON basis.id = coalesce(alert.assessment_id, counted.assessment_id)
LEFT JOIN care_plan AS plan ON plan.id = counted.plan_id
LEFT JOIN LATERAL (SELECT greatest(max(e.taken_on), counted.home_on) AS newest_on FROM exams_exam AS e WHERE e.id = ANY (counted.exams)) AS read ON true
WHERE counted.place <= CASE WHEN counted.heading = %(more)s THEN %(most)s ELSE %(few)s END
ORDER BY array_position(ARRAY['alert', 'first', 'worsened', 'due', 'tried'], counted.heading), counted.place
