"""What each error code means for a person: what happened, and what to do about it."""
