"""The code that runs inside the PDF process and reads documents, pixels and text."""
