"""What a self-test can do: each scenario is one job of somebody's day, done in the real windows."""
