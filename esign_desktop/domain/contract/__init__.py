"""The contract in preparation: the draft, edits to it and checks of it."""
