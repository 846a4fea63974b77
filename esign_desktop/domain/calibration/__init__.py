"""Calibration: a contract that is sent to measure the platform's behavior, and the analysis of the resulting seals."""
