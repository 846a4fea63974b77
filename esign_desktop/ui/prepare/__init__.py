"""The room where contracts are prepared: documents, pages with seals, signers."""
