"""The database: one engine factory for SQLite and PostgreSQL, and the migrations."""
