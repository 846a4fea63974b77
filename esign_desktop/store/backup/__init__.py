"""Encrypted backups in a second folder, and the merging of another computer's backup with the local data."""
