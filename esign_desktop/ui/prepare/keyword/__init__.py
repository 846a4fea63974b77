"""Placing seals by keyword."""
