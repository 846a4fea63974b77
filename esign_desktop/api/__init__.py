"""The HTTP client of the signing platform. It signs requests and verifies the signatures of responses."""
