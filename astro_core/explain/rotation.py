"""Whether an answer stays when the galaxy is turned or mirrored, as it should."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.augmentation import dihedral_views, resample_here, views
from astro_core.domain import Head, Progress, no_progress
from astro_core.explain.ask import answers_of
from astro_core.explain.gradcam import cam_batch, cam_layer
from astro_core.explain.network import Network
from astro_core.explain.results import Floats, Rotation

BETWEEN_DEG = (30, 60, 120, 150, 210, 240, 300, 330)


def rotation(
    network: Network,
    pixels: NDArray[np.uint8],
    head: Head,
    *,
    layer: str = "",
    between_deg: tuple[int, ...] = BETWEEN_DEG,
    progress: Progress = no_progress,
) -> Rotation:
    """Ask about the four quarter turns of a galaxy, their mirror images, and turns in between.

    Quarter turns are exact; for those in between the image is resampled, and what comes into
    its corners repeats the edge.

    Parameters
    ----------
    pixels : array of uint8, shape (size, size, 3)
    layer : str
        That maps are taken from; empty takes the last convolution.
    between_deg : tuple of int
        Other angles, counterclockwise, degrees; may be empty.
    """
    exact = [view[0] for view, _ in dihedral_views(pixels[None], 8)]
    progress(0, 2, "Turning the galaxy")
    images = np.stack([*exact, *_turned(pixels, between_deg)])
    mirrored = np.arange(len(images)) // 4 == 1
    answers = answers_of(network, network.feed(images), head)
    answers[mirrored] = answers[mirrored][:, list(head.mirror)]
    progress(1, 2, "Turning the galaxy")
    angles = np.array([0, 90, 180, 270] * 2 + list(between_deg), dtype=np.float32)
    return Rotation(
        views=tuple(_name(a, m) for a, m in zip(angles, mirrored, strict=True)),
        angles_deg=angles,
        mirrored=mirrored,
        outputs=head.outputs,
        answers=answers,
        images=images,
        maps=_maps_turned_back(network, images[:8], head, layer),
    )


def _name(angle: float, mirrored: bool) -> str:
    return f"{angle:.0f}°, mirrored" if mirrored else f"{angle:.0f}°"


def _turned(pixels: NDArray[np.uint8], angles_deg: tuple[int, ...]) -> NDArray[np.uint8]:
    n = len(angles_deg)
    if not n:
        return np.empty((0, *pixels.shape), dtype=np.uint8)
    nothing, turn = np.zeros(n), np.deg2rad(angles_deg)
    how = views(
        turn, nothing, np.ones(n), np.zeros((n, 2)), np.zeros(n, dtype=bool), pixels.shape[0]
    )
    many = np.broadcast_to(pixels.astype(np.float32), (n, *pixels.shape))
    turned: NDArray[np.uint8] = (
        resample_here(np.ascontiguousarray(many), how).round().astype(np.uint8)
    )
    return turned


def _maps_turned_back(
    network: Network, images: NDArray[np.uint8], head: Head, layer: str
) -> Floats:
    """Grad-CAM of the eight exact views in the orientation of the first."""
    seen, _ = cam_batch(network, images, head, cam_layer(network, layer))
    maps: NDArray[Any] = np.maximum(seen, 0)
    back = [np.rot90(maps[k], -k, axes=(1, 2)) for k in range(4)]
    for k in range(4):
        unmirrored = maps[4 + k][:, :, ::-1][list(head.mirror)]
        back.append(np.rot90(unmirrored, -k, axes=(1, 2)))
    return np.stack(back)
