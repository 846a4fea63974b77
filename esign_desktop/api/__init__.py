"""HTTP client of the signing platform: signs requests and verifies the signatures of responses."""
