"""Presets: a saved way of sending, how it is made, filled, edited and checked."""
