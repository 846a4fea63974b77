"""Open, draw and search PDF files in separate processes."""
