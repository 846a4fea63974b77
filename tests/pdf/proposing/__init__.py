"""Parties and places of marks, proposed by what stands on the page."""
