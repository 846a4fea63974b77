"""The operations of the application, such as opening, placing, assigning, sending and tracking.

This package uses no Qt and contains no user-visible text.
"""
