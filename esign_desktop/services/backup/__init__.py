"""Encrypted backups in a second folder, and their restoration on another computer."""
