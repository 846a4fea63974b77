"""Locks a process in that parses what strangers wrote."""
