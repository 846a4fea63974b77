"""The scenarios of the self-test: each is one job of a user's day, done in the real windows."""
