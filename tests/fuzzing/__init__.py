"""Random changes of valid input, read by everything that reads what strangers wrote."""
