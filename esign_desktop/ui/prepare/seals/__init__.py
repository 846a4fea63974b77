"""The commands and tools for seals on the pages: move, copy, resize and arrange."""
