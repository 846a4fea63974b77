"""The table of all placements."""
