"""A preset's own window: what it is called, its documents, roles, seals and form fields."""
