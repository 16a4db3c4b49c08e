"""The database backend: one PostgreSQL role for each organisation."""
