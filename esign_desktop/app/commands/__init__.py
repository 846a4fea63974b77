"""Commands that run without opening a window."""
