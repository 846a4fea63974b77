"""The positions of seals: placing, snapping, clamping and copying seals."""
