"""Platform templates: creating them, listing them, adding them by id, and storing their PDFs."""
