"""The scenarios of the self-test. Each of them performs one job from a user's day in the real windows."""
