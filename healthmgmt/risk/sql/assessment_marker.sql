SELECT coalesce(max(id), 0) FROM risk_assessment
