"""The commands that run without opening a window."""
