"""Contracts, signers, seals and geometry: values and rules, standard library only."""
