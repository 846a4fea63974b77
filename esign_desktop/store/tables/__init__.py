"""Access to the database's tables, one class per kind of row."""
