"""People and organizations that sign: contacts, identity documents and customers."""
