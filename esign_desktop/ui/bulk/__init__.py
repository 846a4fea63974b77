"""The Bulk room: one preset, one sheet, a contract for each of its rows."""
