"""Sheets of contracts: columns, headings, rows."""
