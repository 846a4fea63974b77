"""The one SQLite file: its connection, its migrations, its copies."""
