"""Draw, move and name the fields of a template on the canvas of Prepare."""
