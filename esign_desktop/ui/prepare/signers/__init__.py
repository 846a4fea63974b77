"""The signers in their steps."""
