"""Access to the database's tables, with one class for each kind of row."""
