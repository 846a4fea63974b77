"""Presets, and the PDFs that lie with them."""
