"""Tuning Fork: navigation only; every page is a file in pages/."""

from astro_core.ui import navigation

navigation.run()
