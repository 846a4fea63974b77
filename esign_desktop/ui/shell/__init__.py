"""The main window, which contains all rooms."""
