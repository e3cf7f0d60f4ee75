"""Which layers can be looked at, and which of them maps of attention are taken from."""

from __future__ import annotations

CONVOLUTIONS = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D")
POOLINGS = ("MaxPooling2D", "AveragePooling2D")
