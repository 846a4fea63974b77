"""Sending a contract so that it can't go wrong twice."""
