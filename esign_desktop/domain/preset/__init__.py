"""Presets: reusable contract templates, with their creation, filling, edits and checks."""
