"""Platform templates: create and list templates, add them by id, and store their PDFs."""
