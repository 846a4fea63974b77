"""Build the objects of the application, start them, and stop them in reverse order (the composition root)."""
