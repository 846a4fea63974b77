"""A contract tried out before it is sent: on a platform of its own on this computer, thrown away afterwards."""
