"""Sending of contracts, recoverable at every step and never twice."""
