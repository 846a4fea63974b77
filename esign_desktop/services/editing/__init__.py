"""The contract being edited: its session, documents and drafts, and the files that the program writes for it."""
