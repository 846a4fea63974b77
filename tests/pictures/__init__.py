"""Pictures of every window in every state worth looking at: ``python -m tests.pictures``, or ``make screenshots``."""
