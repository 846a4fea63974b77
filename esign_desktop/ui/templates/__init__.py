"""The Templates room: the forms that are kept at the platform, and the editor that draws their fields."""
