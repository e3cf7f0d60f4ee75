"""Every network that can learn to find galaxies keeps to one form."""

from importlib.util import find_spec

import numpy as np
import pytest

from astro_core.classifiers.seeding import seed_weights
from astro_core.detection import ARCHITECTURES
from astro_core.detection.architectures import BOX, SCORE
from astro_core.detection.matching import Marked, overlaps, targets

SIZE = 64


@pytest.fixture(scope="module", params=ARCHITECTURES.names())
def architecture(request):
    found = ARCHITECTURES.get(request.param)
    if found.package and find_spec(found.package) is None:
        pytest.skip(f"the extra '{found.extra}' is not installed")
    return found


def test_anchors_are_as_large_as_galaxies_and_every_galaxy_gets_one(architecture):
    places = architecture.anchors(SIZE)
    sides = np.ptp(places.reshape(-1, 2, 2), axis=1)
    assert sides.min() < 9
    assert sides.max() > SIZE
    for side in (8, 20, 50):
        box = np.array([[5, 7, 5 + side, 7 + side]], dtype=np.float32)
        told = targets(Marked(boxes=box, unsure=np.empty((0, 4), np.float32)), places)
        own = told[:, 0] == 1
        assert own.any()
        assert overlaps(places[own], box).max() > 0.4


def test_a_network_follows_its_seed_starts_near_its_anchors_and_expects_few_galaxies(architecture):
    places = architecture.anchors(SIZE)
    image = np.random.default_rng(0).uniform(0, 255, (2, SIZE, SIZE, 3)).astype(np.float32)
    first, again = architecture.build(SIZE), architecture.build(SIZE)
    for network in (first, again):
        seed_weights(network, 3)
    told = first(image)
    assert np.array_equal(told[BOX], again(image)[BOX])
    assert told[SCORE].shape == (2, len(places), 1)
    assert told[BOX].shape == (2, len(places), 4)
    assert np.median(told[SCORE]) == pytest.approx(-4.6, abs=1)
    middles = [np.asarray(x).reshape(-1, 2, 2).mean(axis=1) for x in (told[BOX][0], places)]
    far = np.abs(middles[0] - middles[1]) / np.ptp(places.reshape(-1, 2, 2), axis=1)
    assert np.median(far) < 2
