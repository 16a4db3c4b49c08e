-- Of exams of an earlier round what is said already, by the same edition, need not be said again.
DELETE FROM risk_assessment AS new
WHERE new.id > %(marker)s AND new.is_history AND new.person_id = ANY (%(people)s::bigint[])
  AND (new.colour, new.reasons, new.scores, new.missing) IN (
      SELECT old.colour, old.reasons, old.scores, old.missing
      FROM risk_assessment AS old
      WHERE old.person_id = new.person_id AND old.pack = new.pack AND old.edition = new.edition AND old.exams = new.exams AND old.readings = new.readings
        AND old.id + 0 < new.id
      -- By sums, which no index knows: of a table that it does not know yet the planner would go through all that is older, row by row.
      ORDER BY old.id + 0 DESC
      LIMIT 1
  )
