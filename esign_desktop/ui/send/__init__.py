"""The review before a send, the send itself, and the signing QR code."""
