"""Bulk sending: one contract for each row of a sheet. All rows are planned first, and none is sent twice by mistake."""
