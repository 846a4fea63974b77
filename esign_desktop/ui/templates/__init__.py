"""The editor in which the user draws the fields of a form that is stored at the platform."""
