"""The sentences for error codes. Each code has a title, which states the error, and a remedy."""
