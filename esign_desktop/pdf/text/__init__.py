"""A page's text: lines, folding, search and index."""
