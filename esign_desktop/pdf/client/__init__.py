"""The application's side of the PDF process: requests, pooling and termination."""
