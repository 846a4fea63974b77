"""The tools of the canvas. Each tool is one mode of the mouse."""
