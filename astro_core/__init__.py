"""Tuning Fork: a browser workbench for galaxy images."""

__version__ = "0.1.0"
