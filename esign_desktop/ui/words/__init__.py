"""Facts in the words of the window: moments, numbers, environments, the state of a flow."""
