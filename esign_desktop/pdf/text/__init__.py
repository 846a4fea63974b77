"""Read, fold, index and search the text of pages."""
