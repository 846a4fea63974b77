"""The SQLite database: its connection, its migrations and its backups."""
