"""The documents of the contract, and what is special about them."""
