-- A notice for everybody with an account who has not answered one of the purposes in use, or agreed to an earlier wording of it, once
-- for what is asked for at present. Who said no, or took a consent back, is not asked again.
INSERT INTO accounts_notice (uuid, user_id, kind, key, link, told_at, is_mail_due)
SELECT gen_random_uuid(), u.id, %(kind)s, %(key)s, %(link)s, now(), %(is_mailed)s
FROM people_person AS p
JOIN accounts_user AS u ON u.id = p.user_id AND u.is_active
WHERE (p.left_on IS NULL OR p.left_on > %(today)s)
  AND NOT EXISTS (SELECT 1 FROM accounts_notice AS n WHERE n.user_id = u.id AND n.kind = %(kind)s AND n.key = %(key)s)
  AND EXISTS (
      SELECT 1
      FROM unnest(%(purposes)s::text[], %(versions)s::text[]) AS asked (purpose, version)
      LEFT JOIN LATERAL (
          SELECT c.text_version, c.withdrawn_at
          FROM people_consent AS c
          WHERE c.person_id = p.id AND c.purpose = asked.purpose
          ORDER BY c.given_at DESC, c.id DESC
          LIMIT 1
      ) AS last ON true
      WHERE last.text_version IS NULL OR last.withdrawn_at IS NULL AND last.text_version <> asked.version
  )
ON CONFLICT (user_id, kind, key) DO NOTHING
