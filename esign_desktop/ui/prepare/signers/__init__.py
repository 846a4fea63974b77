"""The signers of the contract, and their signing order."""
