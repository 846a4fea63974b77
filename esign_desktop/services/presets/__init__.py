"""Presets and the PDFs stored with them."""
