UPDATE risk_assessment AS new
SET is_current = true
WHERE new.id > %(marker)s AND NOT new.is_current AND NOT new.is_history AND (new.exams <> '{}' OR new.readings <> '{}')
  AND NOT EXISTS (SELECT 1 FROM risk_assessment AS other WHERE other.person_id = new.person_id AND other.is_current)
