"""The SQLite database: its connection, migrations and copies."""
