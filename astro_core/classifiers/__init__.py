"""Pixels to classes or vote fractions: recipes, training, predicting, the model bundle."""
