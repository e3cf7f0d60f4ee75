"""Search for the settings with which a recipe does best, on validation galaxies alone."""
