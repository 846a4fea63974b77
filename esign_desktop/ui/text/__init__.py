"""Display texts for values: errors, flows, signers, problems, times and others."""
