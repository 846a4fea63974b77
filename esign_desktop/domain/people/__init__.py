"""Contacts, identity documents and customers."""
