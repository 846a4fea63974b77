"""Calibration: measuring the behavior of a platform."""
