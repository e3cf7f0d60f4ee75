"""Pixels to vectors, and vectors to the plane."""
