"""The counter: a window for the teller, and one for the customer's screen."""
