"""The code that runs inside the PDF process: documents, pixels and text."""
