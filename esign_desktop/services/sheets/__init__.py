"""Sheets of contracts, and tables for others: reading what anybody may have made, and writing what anybody may open."""
