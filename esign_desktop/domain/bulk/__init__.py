"""Spreadsheets with one contract per row: columns, headings and rows."""
