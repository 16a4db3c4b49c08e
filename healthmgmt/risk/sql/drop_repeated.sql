-- An assessment that says what the person's current one says is none: running twice stores once.
DELETE FROM risk_assessment AS new
USING risk_assessment AS old
WHERE new.id > %(marker)s AND NOT new.is_current AND NOT new.is_history AND (new.exams <> '{}' OR new.readings <> '{}')
  AND old.person_id = new.person_id AND old.is_current
  AND old.pack = new.pack AND old.edition = new.edition AND old.colour = new.colour AND old.exams = new.exams AND old.readings = new.readings
  AND old.reasons = new.reasons AND old.scores = new.scores AND old.missing = new.missing
