"""How sensitive each field of each model is. Exports are allow-lists over these words, so a new column cannot leak.

Every model has `CLASSIFICATION = {field name: word}` for all its fields but the primary key; a guard test checks it.
"""

IDENTIFIER = "identifier"
QUASI_IDENTIFIER = "quasi_identifier"
CLINICAL = "clinical"
SECRET = "secret"
PLAIN = "plain"

WORDS = frozenset({IDENTIFIER, QUASI_IDENTIFIER, CLINICAL, SECRET, PLAIN})
