"""Doubts: contradictions between a draft and its pages, earlier contracts or other data.

The user is asked to review doubts before sending.
"""
