"""Files that are kept beside the database: paths, lock, ledger."""
