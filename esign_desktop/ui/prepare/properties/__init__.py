"""The form with the properties of the selected seals."""
