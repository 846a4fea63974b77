"""Access to the tables of the database, with one class for each kind of row."""
