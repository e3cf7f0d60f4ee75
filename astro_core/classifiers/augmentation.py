"""Turned, moved, slanted, enlarged and mirrored copies of training images, in one resampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.settings import TrainingParams


@dataclass(frozen=True)
class Views:
    """How each image of a batch is to be resampled.

    Attributes
    ----------
    matrices : array of float32, shape (n, 8)
        Rows ``a0 a1 a2 b0 b1 b2 0 0``: pixel (x, y) of the new image is taken from
        (a0 x + a1 y + a2, b0 x + b1 y + b2) of the old one.
    mirrored : array of bool, shape (n,)
        Whether the new image has the other handedness.
    """

    matrices: NDArray[np.float32]
    mirrored: NDArray[np.bool_]


def augments(params: TrainingParams) -> bool:
    """Whether training images are changed at all."""
    return bool(
        params.rotation_deg
        or params.shift
        or params.shear_deg
        or params.zoom
        or params.flip
        or params.dihedral
    )


def draw_views(params: TrainingParams, n: int, size: int, rng: np.random.Generator) -> Views:
    """Draw how to resample `n` square images of side `size` px.

    Each is mirrored, then turned, slanted and enlarged about its centre, then moved.
    """
    turn = np.deg2rad(rng.uniform(-params.rotation_deg, params.rotation_deg, n))
    slant = np.deg2rad(rng.uniform(-params.shear_deg, params.shear_deg, n))
    scale = 1.0 / (1.0 + rng.uniform(-params.zoom, params.zoom, n))
    move = rng.uniform(-params.shift, params.shift, (n, 2)) * size
    mirrored = np.zeros(n, dtype=bool)
    if params.dihedral:
        turn = turn + rng.integers(0, 4, n) * (np.pi / 2)
    if params.dihedral or params.flip:
        mirrored = rng.random(n) < 0.5
    return views(turn, slant, scale, move, mirrored, size)


def views(
    turn: NDArray[Any],
    slant: NDArray[Any],
    scale: NDArray[Any],
    move: NDArray[Any],
    mirrored: NDArray[np.bool_],
    size: int,
) -> Views:
    """Write turns (rad), slants (rad), scales, moves (px) and mirrorings as matrices.

    Returns
    -------
    Views
        About the centre of the pixel grid, (size - 1) / 2, so that quarter turns are exact.
    """
    cos, sin, tan = np.cos(turn), np.sin(turn), np.tan(slant)
    sign = np.where(mirrored, -1.0, 1.0)
    a0, a1 = scale * cos * sign, scale * (cos * tan - sin) * sign
    b0, b1 = scale * sin, scale * (sin * tan + cos)
    centre = (size - 1) / 2
    x0, y0 = centre + move[:, 0], centre + move[:, 1]
    a2 = centre - a0 * x0 - a1 * y0
    b2 = centre - b0 * x0 - b1 * y0
    zero = np.zeros_like(a0)
    matrices = np.stack([a0, a1, a2, b0, b1, b2, zero, zero], axis=1)
    return Views(matrices.astype(np.float32), np.asarray(mirrored, dtype=bool))


def resample(images: Any, views_of: Views) -> Any:
    """Resample a batch bilinearly; what comes from outside repeats the edge.

    Parameters
    ----------
    images : array or tensor of float32, shape (n, size, size, channels)

    Returns
    -------
    tensor of float32, same shape
    """
    import tensorflow as tf

    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=views_of.matrices,
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def resample_here(images: NDArray[np.float32], views_of: Views) -> NDArray[np.float32]:
    """Do what `resample` does without loading TensorFlow, for the few images of a preview."""
    from scipy.ndimage import affine_transform

    out = np.empty_like(images)
    for place, (a0, a1, a2, b0, b1, b2, _, _) in enumerate(views_of.matrices):
        matrix, offset = np.array([[b1, b0], [a1, a0]]), (b2, a2)
        for channel in range(images.shape[-1]):
            out[place, ..., channel] = affine_transform(
                images[place, ..., channel], matrix, offset, order=1, mode="nearest"
            )
    return out


def dihedral_views(images: NDArray[Any], n_views: int) -> list[tuple[NDArray[Any], bool]]:
    """Return quarter turns of a batch, and with eight views their mirror images.

    Returns
    -------
    list of (array, bool)
        Each view and whether it is mirrored. Two views are the image and its mirror image.
    """
    turns = {1: (0,), 2: (0,), 4: (0, 1, 2, 3), 8: (0, 1, 2, 3)}[n_views]
    out = [(np.rot90(images, k, axes=(1, 2)), False) for k in turns]
    if n_views in (2, 8):
        out += [(view[:, :, ::-1], True) for view, _ in list(out)]
    return out
