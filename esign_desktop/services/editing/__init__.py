"""The contract being edited: its session, documents, drafts and copies."""
