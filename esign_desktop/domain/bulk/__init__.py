"""Spreadsheets in which each row is one contract: their columns, headings and rows."""
