-- The former assessment gives way to one of the same day or later.
UPDATE risk_assessment AS old
SET is_current = false
FROM risk_assessment AS new
WHERE new.id > %(marker)s AND NOT new.is_current AND NOT new.is_history AND (new.exams <> '{}' OR new.readings <> '{}')
  AND old.person_id = new.person_id AND old.is_current
  AND new.assessed_on >= old.assessed_on
