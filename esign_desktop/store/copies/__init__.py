"""Encrypted backups in a second folder, and the merging of backups from another computer."""
