"""The Track room: the contracts that were sent, and their progress."""
