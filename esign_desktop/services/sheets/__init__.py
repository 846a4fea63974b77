"""Read sheets and contact files, which are not trusted, and write tables that are safe to open."""
