"""The column of documents: adding, reading, replacing and checking documents, and filling in forms."""
