"""The people whose data is stored on this computer, and the erasure of a person's data."""
