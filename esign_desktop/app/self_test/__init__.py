"""``--self-test``: does the main job with the real windows and measures what came of it."""
