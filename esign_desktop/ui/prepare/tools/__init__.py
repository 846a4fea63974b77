"""The tools of the canvas. Each tool is a mode in which the canvas handles the mouse and the keys."""
