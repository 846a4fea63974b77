"""The Bulk room: send one contract for each row of a sheet, all from one preset."""
