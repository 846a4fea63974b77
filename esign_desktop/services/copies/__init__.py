"""Copies for a dead computer, and how they come back."""
