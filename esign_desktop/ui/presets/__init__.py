"""Saved ways of sending: made of a contract, listed, edited, handed on."""
