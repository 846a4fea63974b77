"""The HTTP client of the signing platform, which signs requests and verifies the signatures of responses."""
