"""The viewer of pages: layout, tiles, rulers and thumbnails, and the drawing of seals and form values on the pages."""
