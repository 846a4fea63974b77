"""The erasure of a person's data on this computer."""
