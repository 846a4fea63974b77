"""The contract in preparation: the draft, its edits and its checks."""
