from types import SimpleNamespace

import numpy as np
import pytest

from astro_core.features.registry import StampSource


class Memory:
    """A checkpoint in memory that counts how often it was used."""

    def __init__(self):
        self.arrays, self.saved = None, 0

    def load(self):
        return self.arrays

    def save(self, arrays):
        self.arrays, self.saved = {k: np.array(v) for k, v in arrays.items()}, self.saved + 1


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def stamps_on_disk(tmp_path):
    """Write stamps as a stack does, and return a source of some of its rows."""

    def write(stamps, rows=None):
        path = tmp_path / "pixels.npy"
        np.save(path, stamps)
        rows = np.arange(len(stamps)) if rows is None else np.asarray(rows)
        offset = np.load(path, mmap_mode="r").offset
        return StampSource(path=path, offset=offset, size_px=stamps.shape[1], rows=rows)

    return write


def galaxy(side=65, *, angle=0.0, ratio=0.4, radius=12.0, tail=0.3, sky=8.0, seed=None):
    """A smooth elongated galaxy, with its longer tail at `angle`."""
    axis = np.arange(side) - (side - 1) / 2
    x, y = axis[None, :], -axis[:, None]  # rows count downwards
    turn = np.radians(angle)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    r = np.hypot(along, across / ratio) / radius
    light = 200 * np.exp(-(r**2)) * (1 - tail * np.tanh(along / radius))
    image = np.repeat((light + sky)[:, :, None], 3, axis=2) * np.array([1.0, 0.8, 0.6])
    if seed is not None:
        image = image + np.random.default_rng(seed).normal(0, 3, image.shape)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


@pytest.fixture
def make():
    return SimpleNamespace(galaxy=galaxy)
