"""The Settings room: environments, secrets, appearance, counter, backup and stored people."""
