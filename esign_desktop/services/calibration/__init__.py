"""The calibration of a platform, which measures its behavior."""
