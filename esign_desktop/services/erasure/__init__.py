"""The erasure of a person's data from all files of the program."""
