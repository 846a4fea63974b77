"""The scenarios of the self-test. Each of them is one job from a user's day, done in the real windows."""
