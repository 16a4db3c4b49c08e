-- Who is told next of the open alerts of a range of ids that have not been settled: each tier once an alert, each person too.
--   case_manager   whoever has the person on their list: the manager of their own, else all of the nearest unit
--   second         one more of those who may care for the person, the nearest, the one with fewest open alerts of their own
--   physician      those of the nearest unit; also in place of a tier in which there is nobody
WITH waiting AS MATERIALIZED (
    SELECT a.id AS alert_id, a.person_id, u.path
    FROM care_alert AS a
    JOIN people_person AS p ON p.id = a.person_id
    JOIN organization_unit AS u ON u.id = p.unit_id
    WHERE a.id BETWEEN %(first)s AND %(last)s AND a.closed_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM care_escalation AS e WHERE e.alert_id = a.id AND e.tier = %(tier)s)
      AND (
          %(until)s = 'closed'
          OR (%(until)s = 'spoken' OR a.acknowledged_at IS NULL)
          AND a.confirmed_at IS NULL
          AND NOT EXISTS (
              SELECT 1 FROM care_contact AS c
              WHERE c.person_id = a.person_id AND c.made_at >= a.opened_at AND c.ending = ANY (%(reached)s::text[])
          )
      )
),
carer AS MATERIALIZED (
    SELECT w.alert_id, own.manager_id AS user_id, 'case_manager' AS profession, 1000 AS nearness
    FROM waiting AS w
    JOIN care_assignment AS own ON own.person_id = w.person_id AND own.ended_at IS NULL
    UNION
    SELECT w.alert_id, given.manager_id, 'case_manager', u.level
    FROM waiting AS w
    JOIN organization_unit AS u ON starts_with(w.path, u.path)
    JOIN care_assignment AS given ON given.unit_id = u.id AND given.ended_at IS NULL
    UNION
    SELECT w.alert_id, held.user_id, held.role, u.level
    FROM waiting AS w
    JOIN organization_unit AS u ON starts_with(w.path, u.path)
    JOIN organization_membership AS held ON held.unit_id = u.id AND held.role IN ('case_manager', 'physician')
),
untold AS (
    SELECT carer.alert_id, carer.user_id, carer.profession, max(carer.nearness) AS nearness
    FROM carer
    JOIN accounts_user AS person ON person.id = carer.user_id AND person.is_active
    WHERE EXISTS (SELECT 1 FROM organization_membership AS held WHERE held.user_id = person.id AND held.role IN ('case_manager', 'physician'))
      AND NOT EXISTS (SELECT 1 FROM care_escalation AS e WHERE e.alert_id = carer.alert_id AND e.user_id = carer.user_id)
    GROUP BY carer.alert_id, carer.user_id, carer.profession
),
ranked AS (
    SELECT
        untold.*,
        rank() OVER (PARTITION BY alert_id, profession ORDER BY nearness DESC) AS circle,
        row_number() OVER (
            PARTITION BY alert_id, profession
            ORDER BY nearness DESC, (
                SELECT count(*) FROM care_escalation AS e
                JOIN care_alert AS a ON a.id = e.alert_id AND a.closed_at IS NULL
                WHERE e.user_id = untold.user_id
            ), user_id
        ) AS place
    FROM untold
),
chosen AS (
    SELECT alert_id, user_id
    FROM ranked
    WHERE %(tier)s <> 'physician' AND profession = 'case_manager' AND CASE %(tier)s WHEN 'second' THEN place = 1 ELSE circle = 1 END
),
everybody AS (
    SELECT alert_id, user_id FROM chosen
    UNION
    SELECT alert_id, user_id FROM ranked
    WHERE profession = 'physician' AND circle = 1
      AND NOT EXISTS (SELECT 1 FROM chosen WHERE chosen.alert_id = ranked.alert_id)
)
INSERT INTO care_escalation (alert_id, tier, user_id, told_at)
SELECT alert_id, %(tier)s, user_id, now()
FROM everybody
ORDER BY alert_id, user_id
ON CONFLICT (alert_id, user_id) DO NOTHING
RETURNING alert_id
