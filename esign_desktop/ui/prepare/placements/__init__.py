"""All placements as a table."""
