"""Vectors to groups: one file per method, and how good a grouping is."""
