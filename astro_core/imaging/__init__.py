"""Pixels to pixels: colour, intervals, crop, resize."""
