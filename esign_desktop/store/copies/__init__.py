"""Encrypted copies in a second folder, and merging of copies from another computer."""
