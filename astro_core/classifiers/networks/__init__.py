"""Networks, one file each; importing this registers them all."""

# ruff: noqa: F401 - each of them registers itself
from astro_core.classifiers.networks import backbones, fork, stack
