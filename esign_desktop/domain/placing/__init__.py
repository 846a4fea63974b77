"""Seal positions: placements, snapping, clamping and copying."""
