"""Doubts: contradictions between a draft and its pages, earlier contracts or other data.

They are shown to the user before sending.
"""
