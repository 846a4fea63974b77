"""What each error code means for a person, and what to do about it."""
