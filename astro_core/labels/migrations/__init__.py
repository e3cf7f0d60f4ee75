"""How the tables of the label store came to be what they are, step by step."""
