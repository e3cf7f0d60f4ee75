"""How far predictions can be trusted: arrays in, numbers out, never a model."""
