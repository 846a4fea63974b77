"""The contract being edited: session, documents, drafts, copies."""
