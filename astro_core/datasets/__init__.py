"""Galaxies and where they come from: readers, the demo survey, taxonomies, splits, balance."""
