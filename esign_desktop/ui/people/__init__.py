"""People who are known at this desk, and how one of them is forgotten."""
