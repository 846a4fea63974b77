"""Files next to the database, such as the ledger and the lock, and files exchanged with other programs."""
