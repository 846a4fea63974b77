"""The rehearsal platform: a local implementation of the signing platform. Its seals have no legal effect.

This package imports nothing from the application, so that an error in one of the two cannot be hidden by the same error
in the other.
"""
