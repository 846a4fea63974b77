"""The rehearsal platform: a local implementation of the signing platform, whose seals have no legal effect.

It imports nothing from the application, so that an error cannot cancel out by being on both sides.
"""
