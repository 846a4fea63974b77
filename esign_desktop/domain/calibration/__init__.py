"""The contract that calibrates a platform, and the analysis of its seals."""
