"""How a person is forgotten everywhere."""
