"""Local storage: the database, the ledger and other files, and secrets in the system keyring."""
