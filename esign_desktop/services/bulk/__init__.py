"""Bulk sending: sheets of contracts, planned before they are sent, and never sent twice."""
