"""The rehearsal platform: a local implementation of the signing platform, on which seals have no legal effect.

The package imports nothing from the application. An error on one side can therefore not be hidden by the same error on
the other side.
"""
