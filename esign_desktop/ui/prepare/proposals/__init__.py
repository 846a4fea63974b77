"""Proposed signers and seal positions that were found in the documents."""
