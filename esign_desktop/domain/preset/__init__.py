"""Presets: reusable contract templates, and functions that create, fill in, edit and check presets."""
