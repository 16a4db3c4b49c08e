-- Rows whose person is not certain, or not within the uploader's reach, wait; the reason says which.
-- The unknown and those of other units are kept apart only inside the organisation. Where somebody named the person, name and
-- identity number have been looked at. Of some rows only, where numbers are given.
UPDATE exams_uploadrow AS r
SET problems = r.problems || found.problems,
    state = 'waiting'
FROM (
    SELECT
        row.id,
        jsonb_agg(
            jsonb_build_object(
                'reason', problem.reason,
                'column', problem.heading,
                'cell', CASE WHEN problem.letter = '' THEN '' ELSE problem.letter || row.sheet_row END,
                'code', NULL,
                'by', 'roster'
            )
        ) AS problems
    FROM exams_uploadrow AS row
    LEFT JOIN people_person AS p ON p.id = row.person_id
    LEFT JOIN organization_unit AS u ON u.id = p.unit_id
    CROSS JOIN LATERAL (
        VALUES
            ('unknown-employee', %(emp_heading)s, %(emp_letter)s, p.id IS NULL AND NOT row.problems @> '[{"reason": "id-number"}]'),
            ('name-mismatch', %(name_heading)s, %(name_letter)s,
                NOT row.person_chosen AND row.name <> '' AND translate(row.name, ' 　·', '') <> translate(p.name, ' 　·', '')),
            ('id-number', %(id_heading)s, %(id_letter)s,
                NOT row.person_chosen AND row.id_hash <> '' AND row.id_hash <> p.id_hash
                AND (p.id_hash <> '' OR EXISTS (SELECT 1 FROM people_person AS other WHERE other.id_hash = row.id_hash))),
            ('conflict', %(sex_heading)s, %(sex_letter)s,
                NOT row.person_chosen AND row.sex <> '' AND p.sex <> '' AND row.sex <> p.sex),
            ('scope', %(emp_heading)s, %(emp_letter)s, p.id IS NOT NULL AND NOT u.path LIKE %(scope)s),
            ('inactive', %(emp_heading)s, %(emp_letter)s, p.left_on IS NOT NULL AND row.exam_on > p.left_on),
            ('date', %(date_heading)s, %(date_letter)s, row.exam_on < p.birth)
    ) AS problem (reason, heading, letter, applies)
    WHERE row.upload_id = %(upload)s
      AND (%(numbers)s::int[] IS NULL OR row.number = ANY (%(numbers)s::int[]))
      AND row.state = ANY (%(states)s::text[])
      -- Most rows are about whom they say, which is seen without asking seven times.
      AND (
          p.id IS NULL
          OR (row.name <> '' AND row.name <> p.name)
          OR (row.id_hash <> '' AND row.id_hash <> p.id_hash)
          OR (row.sex <> '' AND row.sex <> p.sex)
          OR p.left_on IS NOT NULL
          OR row.exam_on < p.birth
          OR NOT u.path LIKE %(scope)s
      )
      AND problem.applies
    GROUP BY row.id
) AS found
WHERE r.id = found.id
