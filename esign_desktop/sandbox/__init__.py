"""The rehearsal platform: the signing platform's own rules on this computer, with seals that have no legal effect.

It imports nothing of the application, so a mistake there can't hide by being on both sides.
"""
