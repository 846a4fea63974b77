"""The user interface. Only this package and ``app`` use Qt."""
