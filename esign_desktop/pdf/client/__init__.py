"""The window's side of the PDF process: ask it, pool it, end it."""
