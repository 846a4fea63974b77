"""Doubts: contradictions between a draft and its pages, earlier contracts or other data, shown before sending."""
