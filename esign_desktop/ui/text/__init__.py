"""Facts in words: errors, flows, signers, problems, moments."""
