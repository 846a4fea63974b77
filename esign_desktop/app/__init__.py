"""The composition root: build and start the parts of the application, and stop them in reverse order."""
