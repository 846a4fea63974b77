"""Contracts in preparation: drafts, functions that edit drafts, and checks that find problems in drafts."""
