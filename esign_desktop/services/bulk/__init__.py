"""Bulk sending: sheets of contracts, which are planned before they are sent and never sent twice."""
