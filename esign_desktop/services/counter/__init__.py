"""The counter: a teller sends a preset to a customer, who signs with a QR code on the screen."""
