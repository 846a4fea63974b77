"""The code that runs inside the PDF process. It reads documents, draws pages and extracts text."""
