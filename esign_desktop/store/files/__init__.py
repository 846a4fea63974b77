"""Files beside the database, such as the ledger and the lock, and files that are exchanged with other programs."""
