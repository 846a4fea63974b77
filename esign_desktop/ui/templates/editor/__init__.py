"""The editor in which the user draws the fields of a template on the pages of a PDF."""
