"""The application's side of the PDF process, which sends requests and manages the pool of children."""
