"""The open contract: session, documents, drafts, copies."""
