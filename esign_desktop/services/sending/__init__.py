"""The sending of contracts, which is recoverable at every step and never happens twice."""
