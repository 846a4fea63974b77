"""The Settings room: where contracts go and with what secret, and how the windows look and speak."""
