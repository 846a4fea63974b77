"""The contract being prepared: the draft, its edits, its checks."""
