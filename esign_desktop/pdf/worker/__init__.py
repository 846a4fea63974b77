"""What runs inside the PDF process: documents, pixels, text."""
