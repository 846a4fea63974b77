"""Calibration: determine the behavior of a platform by sending it a contract and measuring the result."""
