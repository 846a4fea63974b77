"""Seeing pages: layout, tiles, rulers and thumbnails. It knows nothing of seals."""
