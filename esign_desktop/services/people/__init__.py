"""Who somebody is, and which accounts they have."""
