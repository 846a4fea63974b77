"""Finds out how a platform behaves."""
