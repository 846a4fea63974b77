"""The preset editor, with one page each for the general settings, documents, roles, seals and form fields."""
