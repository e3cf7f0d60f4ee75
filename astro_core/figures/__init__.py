"""A result in, a plotly figure out; nothing computed, nothing stored."""
