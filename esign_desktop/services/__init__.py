"""What a person does: open, place, assign, send, track. No Qt, no sentences."""
