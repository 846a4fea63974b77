"""The scenarios of the self-test. Each scenario performs one of a user's jobs in the real windows."""
