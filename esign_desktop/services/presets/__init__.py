"""Saved ways of sending, and templates at the platform."""
