"""Widgets that any room can use. They do not depend on any room."""
