"""The Templates room: the list of forms stored at the platform, and the editor in which the user draws their fields."""
