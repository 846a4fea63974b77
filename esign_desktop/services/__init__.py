"""The use cases of the application, such as preparing, sending and tracking contracts.

This package does not use Qt and contains no user-visible text.
"""
