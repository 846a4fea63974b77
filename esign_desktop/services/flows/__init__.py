"""Contracts on the platform: their state, progress, files and notices."""
