"""One question about a file, answered by a locked-in process that ends afterwards."""
