"""Home: what this is, what is open, what to do next."""

from astro_core.ui import frame

workspace = frame.page("Home", "What can I do here, and where did I stop?")
