"""The rehearsal platform: a local implementation of the signing platform. Its seals have no legal effect.

This package imports nothing from the application. An error in one of them can therefore not be hidden by the same error
in the other.
"""
