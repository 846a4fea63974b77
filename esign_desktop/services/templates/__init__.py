"""Templates at the platform: made, listed, added by their id, and the PDFs that they were made of."""
