"""Sandbox the processes that parse untrusted files."""
