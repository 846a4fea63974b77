"""A send under way, and what came of it."""
