"""Sheets: functions that read untrusted files and write tables that are safe to open."""
