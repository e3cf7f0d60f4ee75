"""What people said about galaxies: kept as it was said, and what follows from it."""
