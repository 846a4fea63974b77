"""The contract by which a platform is calibrated, and what its seals tell."""
