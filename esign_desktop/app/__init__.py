"""The composition root: build the objects of the application, start them, and stop them in reverse order."""
