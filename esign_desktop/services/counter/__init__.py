"""The counter: a teller sends a contract based on a preset to a customer, who signs it by scanning a QR code."""
