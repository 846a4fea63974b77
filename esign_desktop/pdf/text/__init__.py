"""Read the text of a page: its lines, their folded form, the search and the index."""
