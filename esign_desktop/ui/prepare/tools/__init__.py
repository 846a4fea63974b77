"""The tools of the canvas, one mode of the mouse each."""
