"""The rehearsal platform: a local implementation of the signing platform, whose seals have no legal effect.

The package imports nothing from the application, so that an error on one side cannot be canceled out by the same error
on the other side.
"""
