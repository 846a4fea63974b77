"""What is kept on this computer: the database, the ledger, and the secret in the system's keyring."""
