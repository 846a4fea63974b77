"""Bulk sending: one contract for each row of a sheet. Rows are planned before they are sent, and never sent twice."""
