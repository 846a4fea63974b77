"""What is known of persons: their documents' numbers, and a customer in one line."""
