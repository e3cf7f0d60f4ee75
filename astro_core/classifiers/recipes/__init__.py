"""The recipes, a file for each project; importing this registers them all."""
