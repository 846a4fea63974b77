"""The Settings room: environments, secrets, appearance, prices, counter, tellers and backup."""
