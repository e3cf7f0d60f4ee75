"""What is no galaxy, asked of the model that is shipped: it is warned of."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sklearn.datasets import load_sample_image

from astro_core.workflows.classify import Asked, classify_picture
from astro_core.workflows.pictures import each_picture
from astro_core.workspace import Workspace

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MODEL = "sdss-morphology"
SIDE = 424
pytestmark = pytest.mark.usefixtures("shipped")


def written(background, ink):
    image = Image.new("RGB", (SIDE, SIDE), background)
    for line in range(14):
        ImageDraw.Draw(image).text((10, 10 + 28 * line), "no galaxy at all", ink, font_size=24)
    return np.asarray(image)


def noise():
    return np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


THINGS = {
    "noise": noise,
    "black on white": lambda: written("white", "black"),
    "white on black": lambda: written("black", "white"),
    "flower": lambda: load_sample_image("flower.jpg"),
    "china": lambda: load_sample_image("china.jpg"),
}


def found_in(space, folder, only=()):
    asked = Asked(model=MODEL, finder="")
    pictures = each_picture(folder, only=only)
    return [classify_picture(space, picture, asked).found[0] for picture in pictures]


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "space").ensure()


@pytest.mark.parametrize("name", THINGS)
def test_what_is_no_galaxy_is_warned_of(space, tmp_path, name):
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(THINGS[name]()).save(folder / "thing.png")
    (found,) = found_in(space, folder)
    assert found.warnings, (found.strangeness, found.odd_looks)


@pytest.mark.parametrize(
    ("place", "least", "most"),
    [("skyobjects/nebula", 0.75, 1.0), ("galaxyzoo1/images", 0.0, 0.2)],
)
def test_nebulae_are_warned_of_and_galaxies_are_not(space, place, least, most):
    if not (DATA / place).is_dir():
        pytest.skip(f"shared/data/{place} is not there")
    names = sorted(path.name for path in (DATA / place).iterdir())[::17][:12]
    warned = [bool(found.warnings) for found in found_in(space, DATA / place, names)]
    assert least <= np.mean(warned) <= most
