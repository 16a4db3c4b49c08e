-- A notice for each person with an account whose present assessment, of a range of ids, read an exam of the last weeks: once for the
-- newest exam that it read, however often that is assessed again.
INSERT INTO accounts_notice (uuid, user_id, kind, key, link, told_at, is_mail_due)
SELECT gen_random_uuid(), u.id, %(kind)s, newest.id::text, %(link)s, now(), %(is_mailed)s
FROM risk_assessment AS a
JOIN people_person AS p ON p.id = a.person_id
JOIN accounts_user AS u ON u.id = p.user_id AND u.is_active
CROSS JOIN LATERAL (
    SELECT e.id
    FROM exams_exam AS e
    WHERE e.id = ANY (a.exams) AND e.taken_on > %(since)s
    ORDER BY e.taken_on DESC, e.id DESC
    LIMIT 1
) AS newest
WHERE a.id BETWEEN %(first)s AND %(last)s AND a.is_current
ON CONFLICT (user_id, kind, key) DO NOTHING
