"""The main window. It contains all rooms."""
