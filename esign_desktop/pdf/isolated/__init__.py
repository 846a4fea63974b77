"""Sandboxed processes that each answer one question about a file and exit."""
