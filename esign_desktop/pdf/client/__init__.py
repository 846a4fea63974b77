"""Send requests from the application to the PDF child processes, and manage the pool of children."""
