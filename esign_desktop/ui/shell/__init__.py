"""The main window around the rooms; it knows every room."""
