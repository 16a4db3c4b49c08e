-- A participation, in the unit of today, for everybody of a range who works in the unit of an open activity or below it, and a notice
-- for each of them with an account; once. Returns how many are new.
WITH invited AS (
    INSERT INTO engagement_participation (activity_id, person_id, unit_id, way, invited_at)
    SELECT a.id, p.id, p.unit_id, '', now()
    FROM engagement_activity AS a
    JOIN organization_unit AS top ON top.id = a.unit_id
    JOIN organization_unit AS u ON u.path LIKE top.path || '%%'
    JOIN people_person AS p ON p.unit_id = u.id
    WHERE a.id = %(activity)s
      AND a.state = 'open'
      AND p.id BETWEEN %(first)s AND %(last)s
      AND (p.left_on IS NULL OR p.left_on > %(today)s)
    ON CONFLICT (activity_id, person_id) DO NOTHING
    RETURNING person_id
),
told AS (
    INSERT INTO accounts_notice (uuid, user_id, kind, key, link, told_at, is_mail_due)
    SELECT gen_random_uuid(), u.id, %(kind)s, %(key)s, %(link)s, now(), %(is_mailed)s
    FROM invited AS i
    JOIN people_person AS p ON p.id = i.person_id
    JOIN accounts_user AS u ON u.id = p.user_id AND u.is_active
    ON CONFLICT (user_id, kind, key) DO NOTHING
)
SELECT count(*) FROM invited
