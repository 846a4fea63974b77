"""Local storage: the database, the ledger, and secrets in the system keyring."""
