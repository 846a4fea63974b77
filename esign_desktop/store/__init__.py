"""Local storage: the database, the ledger, other files, and secrets in the system keyring."""
