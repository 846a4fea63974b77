"""The contract on the desk: session, documents, drafts, copies."""
