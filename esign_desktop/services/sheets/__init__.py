"""Sheets: reading of untrusted files, and writing of tables that are safe to open."""
