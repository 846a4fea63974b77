"""Contracts, signers, seals and geometry: values and rules that use only the standard library."""
