"""Widgets that every room may use; they know no room."""
