"""The text of a page: lines, folding, search and index."""
