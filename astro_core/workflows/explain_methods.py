"""The ways to look into a network."""

from __future__ import annotations

from dataclasses import dataclass

from astro_core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class MethodSpec:
    """A way to look into a network.

    Attributes
    ----------
    explanation : str
        One sentence for the reader of a page.
    quick : bool
        Whether it takes no longer than a blink.
    takes : tuple of str
        Which of object_id, output, layer, first mean something to it; others are left out of
        the key.
    """

    name: str
    label: str
    explanation: str
    quick: bool
    takes: tuple[str, ...]
    reference: str = ""


METHODS: Registry[MethodSpec] = Registry("way to look into a network")
METHODS.add(
    MethodSpec(
        name="cam",
        label="Class activation maps",
        explanation="Where the last convolution saw what speaks for each class.",
        quick=True,
        takes=("object_id", "layer"),
        reference="Selvaraju et al. 2017 (ICCV); Chattopadhay et al. 2018 (WACV)",
    )
)
METHODS.add(
    MethodSpec(
        name="activations",
        label="Activations",
        explanation="What each map of a layer shows for this galaxy.",
        quick=True,
        takes=("object_id", "layer", "first"),
    )
)
METHODS.add(
    MethodSpec(
        name="rotation",
        label="Rotation",
        explanation="Whether the answer stays when the galaxy is turned or mirrored.",
        quick=True,
        takes=("object_id",),
    )
)
METHODS.add(
    MethodSpec(
        name="occlusion",
        label="Occlusion",
        explanation="How far the answer falls when a patch of sky hides a place.",
        quick=False,
        takes=("object_id",),
        reference="Zeiler & Fergus 2014 (ECCV)",
    )
)
METHODS.add(
    MethodSpec(
        name="integrated",
        label="Integrated gradients",
        explanation="The share of each pixel in the answer, on the way from empty sky to it.",
        quick=False,
        takes=("object_id", "output"),
        reference="Sundararajan et al. 2017 (ICML)",
    )
)
METHODS.add(
    MethodSpec(
        name="filters",
        label="Filters",
        explanation="Images, grown from noise, that excite a filter most.",
        quick=False,
        takes=("layer", "first"),
    )
)
