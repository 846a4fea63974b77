"""Translated texts for values, such as errors, flows, signers, problems and times."""
