-- A case manager's list: each of their people for whom something is to be done once, under the first heading that fits.
--   alert     an alert is open
--   first     red, and nobody spoke to the person since the plan began
--   worsened  the colour is worse than in the round before, by the same edition, and nobody has called about it
--   due       the next contact, or a case manager's step of the plan, is due
--   tried     called, but never reached
-- Who has taken the consent to calls back is called for an alert alone.
-- A colour that has expired (all its values left the window) is no reason by itself, but ends nothing that is due.
-- Whom somebody has just called (the next contact lies ahead) comes back on that day; alerts and people never reached stay.
WITH mine AS MATERIALIZED (
    SELECT p.id, p.uuid, p.name, p.sex, p.birth, u.name AS unit, p.left_on IS NULL OR p.left_on > %(today)s AS is_here,
        coalesce((
            SELECT c.withdrawn_at IS NULL FROM people_consent AS c
            WHERE c.person_id = p.id AND c.purpose = 'care_contact'
            ORDER BY c.given_at DESC, c.id DESC
            LIMIT 1
        ), true) AS may_be_called
    FROM people_person AS p
    JOIN organization_unit AS u ON u.id = p.unit_id
    LEFT JOIN (
        SELECT own.person_id, own.manager_id
        FROM care_assignment AS own
        JOIN accounts_user AS manager ON manager.id = own.manager_id
        WHERE own.ended_at IS NULL AND own.person_id IS NOT NULL AND (manager.is_active OR own.manager_id = %(user)s)
    ) AS dedicated ON dedicated.person_id = p.id
    WHERE dedicated.manager_id = %(user)s OR (p.unit_id = ANY (%(units)s::bigint[]) AND dedicated.manager_id IS NULL)
),
present AS MATERIALIZED (
    SELECT
        mine.id AS person_id, a.id AS assessment_id, a.colour, a.before_id, plan.id AS plan_id,
        coalesce(plan.opened_on, a.assessed_on) AS since, CASE WHEN read.newest_on <= %(window_start)s THEN read.newest_on END AS expired_of
    FROM mine
    JOIN risk_assessment AS a ON a.person_id = mine.id AND a.is_current
    CROSS JOIN LATERAL (SELECT greatest(max(e.taken_on), a.home_on) AS newest_on FROM exams_exam AS e WHERE e.id = ANY (a.exams)) AS read
    LEFT JOIN care_plan AS plan ON plan.person_id = mine.id AND plan.ended_on IS NULL
    WHERE mine.is_here
),
last_contact AS MATERIALIZED (
    SELECT DISTINCT ON (c.person_id) c.person_id, c.next_on, c.ending, c.made_at
    FROM care_contact AS c
    JOIN mine ON mine.id = c.person_id
    ORDER BY c.person_id, c.made_at DESC, c.id DESC
),
tally AS MATERIALIZED (
    SELECT
        c.person_id,
        max(c.made_at) FILTER (WHERE c.ending = ANY (%(reached)s::text[])) AS reached_at,
        count(*) FILTER (WHERE (c.made_at AT TIME ZONE %(timezone)s)::date >= present.since) AS tries
    FROM care_contact AS c
    JOIN mine ON mine.id = c.person_id
    LEFT JOIN present ON present.person_id = c.person_id
    GROUP BY c.person_id
),
alarm AS MATERIALIZED (
    -- The alert of the newest measurement stands for all of a person; the clock is that of the oldest nobody has called about.
    SELECT
        a.person_id, (array_agg(a.id ORDER BY a.measured_on DESC, a.id))[1] AS alert_id, count(*) AS alerts,
        min(a.opened_at) FILTER (WHERE tally.reached_at IS NULL OR a.opened_at > tally.reached_at) AS waiting_since
    FROM care_alert AS a
    JOIN mine ON mine.id = a.person_id
    LEFT JOIN tally ON tally.person_id = a.person_id
    WHERE a.closed_at IS NULL
    GROUP BY a.person_id
),
step AS MATERIALIZED (
    SELECT DISTINCT ON (s.plan_id) s.plan_id, s.due_on, s.number
    FROM care_step AS s
    JOIN present ON present.plan_id = s.plan_id
    WHERE s.doer = 'case_manager' AND s.state IN ('planned', 'fired')
    ORDER BY s.plan_id, s.due_on, s.number
),
placed AS (
    SELECT
        mine.*, present.assessment_id, present.colour, present.plan_id, present.expired_of, alarm.alert_id, alarm.alerts, alarm.waiting_since,
        last_contact.next_on, last_contact.ending, coalesce(tally.tries, 0) AS tries, tally.reached_at, step.due_on, step.number AS step,
        CASE
            WHEN array_position(%(ranks)s::text[], present.colour) > array_position(%(ranks)s::text[], before.colour) THEN before.colour
        END AS former,
        coalesce(last_contact.next_on <= %(today)s, true) AS is_free,
        coalesce((tally.reached_at AT TIME ZONE %(timezone)s)::date >= present.since, false) AS is_reached
    FROM mine
    LEFT JOIN present ON present.person_id = mine.id
    LEFT JOIN last_contact ON last_contact.person_id = mine.id
    LEFT JOIN tally ON tally.person_id = mine.id
    LEFT JOIN alarm ON alarm.person_id = mine.id
    LEFT JOIN step ON step.plan_id = present.plan_id
    LEFT JOIN risk_assessment AS before
        ON before.id = present.before_id AND present.expired_of IS NULL AND present.colour = ANY (%(worsened_colours)s::text[])
),
headed AS (
    SELECT placed.*, CASE
        WHEN alert_id IS NOT NULL THEN 'alert'
        WHEN colour IS NULL OR NOT may_be_called THEN NULL
        WHEN colour = 'red' AND NOT is_reached AND is_free THEN 'first'
        WHEN tries > 0 AND NOT is_reached THEN 'tried'
        WHEN former IS NOT NULL AND tries = 0 THEN 'worsened'
        WHEN is_free AND coalesce(next_on, due_on) <= %(today)s THEN 'due'
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
    WHERE heading IS NOT NULL
)
SELECT
    counted.id, counted.uuid, counted.name, counted.sex, counted.birth, counted.unit, counted.heading, counted.place, counted.people,
    counted.today_people, coalesce(counted.colour, 'red') AS colour, counted.expired_of, counted.former, counted.alerts, counted.waiting_since, counted.next_on,
    counted.ending, counted.tries, counted.due_on, counted.step, counted.is_free, plan.template, plan.version,
    alert.code, alert.confirmed_by, basis.reasons, basis.pack, basis.edition
FROM counted
LEFT JOIN care_alert AS alert ON alert.id = counted.alert_id
LEFT JOIN risk_assessment AS basis ON basis.id = coalesce(alert.assessment_id, counted.assessment_id)
LEFT JOIN care_plan AS plan ON plan.id = counted.plan_id
WHERE counted.place <= CASE WHEN counted.heading = %(more)s THEN %(most)s ELSE %(few)s END
ORDER BY array_position(ARRAY['alert', 'first', 'worsened', 'due', 'tried'], counted.heading), counted.place
