"""Presets: reusable contract templates, and functions that create, fill, edit and check them."""
