"""The text of a page: its lines and their folded form, and the search and the index that use them."""
