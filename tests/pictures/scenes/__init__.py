"""What is to be seen, a module a room."""
