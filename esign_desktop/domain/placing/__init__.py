"""Where seals go on pages: placements, snapping, clamping, copies."""
