"""Contracts at the platform: state, progress, files, notices."""
