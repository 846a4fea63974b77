"""Draws the fields of a template on the pages of a PDF."""
