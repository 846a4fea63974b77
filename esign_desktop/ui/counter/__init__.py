"""The counter: the teller's window, and the display on the customer's screen."""
