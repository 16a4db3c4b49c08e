-- Rows of an upload that wait, and those that were urgent while they waited: what their sound cells say, and whether it is certain
-- whose they are (number and name agree, the person is of the upload's units and was there on that day). From one number to another.
SELECT
    r.number, r.person_id, coalesce(p.sex, r.sex) AS sex, p.birth, r.exam_on, r.values, r.reported, r.qualifiers, r.ranges, r.is_alerted,
    r.person_id IS NOT NULL
        AND (r.person_chosen OR r.name <> '')
        AND NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(r.problems) AS problem WHERE problem ->> 'reason' = ANY (%(doubts)s::text[])
        ) AS is_certain
FROM exams_uploadrow AS r
LEFT JOIN people_person AS p ON p.id = r.person_id
WHERE r.upload_id = %(upload)s
  AND r.number BETWEEN %(first)s AND %(last)s
  AND r.values ?| %(codes)s::text[]
  AND (r.state = 'waiting' OR r.is_urgent AND r.state = 'ready')
ORDER BY r.number
