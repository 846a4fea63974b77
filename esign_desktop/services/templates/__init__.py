"""Platform templates: functions that create and list them, add them by id, and store their PDFs."""
