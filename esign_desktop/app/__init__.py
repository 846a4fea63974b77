"""The composition root: build the application's objects, start them, and stop them in reverse order."""
