"""Encrypted backups in a second folder, and the merging of another computer's backups into the local data."""
