"""Encrypted copies in a second folder, and how another computer's are merged."""
