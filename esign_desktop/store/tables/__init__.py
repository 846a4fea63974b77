"""One class for each kind of row."""
