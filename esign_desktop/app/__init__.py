"""Composition root: builds everything by constructor, starts it, stops it in reverse."""
