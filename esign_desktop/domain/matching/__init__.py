"""Recognize that a document is a form that was sent before, filled in for another party.

A remembered form contains neither text nor values of the contract from which it was made.
"""
