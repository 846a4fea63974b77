"""The windows of presets: saving a contract as a preset, listing, editing, importing and offering presets."""
