"""Seals on the pages: painted, moved, copied, arranged."""
