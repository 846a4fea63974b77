"""Buttons for what can't be taken back, which answer only to a press that was meant for them."""
