"""The counter: a preset, a customer, a code on the screen."""
