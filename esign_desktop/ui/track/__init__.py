"""The Track room: what became of the contracts that were sent."""
