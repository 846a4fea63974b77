"""Platform templates: create and list templates, add templates by id, and store their PDFs."""
