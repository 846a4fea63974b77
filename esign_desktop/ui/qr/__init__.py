"""Signing links as QR codes that a phone can read from across the table."""
