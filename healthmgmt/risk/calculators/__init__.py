"""Published risk models, one module each. Pure numpy: no Django, no database, no clock."""
