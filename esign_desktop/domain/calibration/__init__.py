"""Calibration: the contract that is sent to measure a platform's behavior, and the analysis of the seals on it."""
