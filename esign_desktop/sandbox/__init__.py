"""The rehearsal platform: a local implementation of the signing platform. Its seals have no legal effect.

This package imports nothing from the application. An error in the application therefore cannot be hidden by the same
error here.
"""
