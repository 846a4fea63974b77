"""Parties and places that were found in the documents, to be taken or left."""
