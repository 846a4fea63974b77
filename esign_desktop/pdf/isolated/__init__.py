"""Sandboxed processes, each of which answers one question about a file and then exits."""
