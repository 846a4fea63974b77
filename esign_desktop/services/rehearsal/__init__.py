"""The trial run of a contract before it is sent, on a temporary sandbox platform on this computer."""
