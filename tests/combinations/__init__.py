"""Pairs of things that meet in the program, each walked once: the faults that single tests miss are in combinations."""
