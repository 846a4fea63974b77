"""The sentences for error codes. Each consists of a title, which states the error, and a remedy."""
