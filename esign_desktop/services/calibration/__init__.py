"""Calibration: measuring how a platform behaves."""
