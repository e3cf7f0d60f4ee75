import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from astro_core.detection import FINDERS
from astro_core.detection.scoring import Truth, match_boxes
from astro_core.detection.source_extraction import ExtractionParams, extract
from astro_core.domain import Boxes, Pixels, RenderRecipe, no_boxes
from astro_core.errors import BadInputError, NotFoundError
from astro_core.params import describe
from astro_core.workflows.detect import find_galaxies, find_in_picture
from astro_core.workflows.pictures import Picture
from astro_core.workflows.score_finder import judged_params

FINDER = "source-extraction"
SHAPE = (240, 320)
GALAXIES = ((80, 60, 9.0), (200, 150, 7.0), (280, 40, 11.0))  # x, y, sigma in px


def blob(x, y, sigma, peak):
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return peak * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2))


@pytest.fixture(scope="module")
def sky():
    rng = np.random.default_rng(0)
    galaxies = sum(blob(*galaxy, 40.0) for galaxy in GALAXIES)
    return 20 + galaxies + blob(30, 200, 1.3, 200.0) + rng.normal(0, 3, SHAPE)


@pytest.fixture(scope="module")
def image(sky):
    return np.repeat(sky.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def near(boxes, x, y):
    return np.hypot(*(boxes.corners.reshape(-1, 2, 2).mean(axis=1) - (x, y)).T) < 4


def test_galaxies_are_found_where_they_are_and_the_star_is_not_one(image):
    boxes = find_galaxies(image, FINDER)
    assert len(boxes) == len(GALAXIES)
    assert all(near(boxes, x, y).any() for x, y, _ in GALAXIES)
    assert (np.diff(boxes.scores) <= 0).all()
    everything = find_galaxies(image, FINDER, ExtractionParams(least_score=0.0))
    star = near(everything, 30, 200)
    assert star.sum() == 1
    assert everything.scores[star] < 0.1


def test_boxes_hold_the_light_above_the_threshold(sky):
    boxes = extract(sky, ExtractionParams())
    reach = 9.0 * np.sqrt(2 * np.log(40.0 / (1.5 * 3.0)))  # where it sinks below 1.5 sigma
    side = boxes.sides[near(boxes, 80, 60)][0]
    assert side == pytest.approx([2 * reach, 2 * reach], rel=0.2)


def test_measured_values_are_used_where_there_are_any_and_end_up_the_right_way_round(sky, image):
    values = sky[None, ::-1].astype(np.float32)
    pixels = Pixels(object_id="x", bands=("r",), values=values, display=False)
    recipe = RenderRecipe(origin="lower")
    black = np.zeros_like(image)
    assert len(find_galaxies(black, FINDER)) == 0
    picture = Picture(name="x", pixels=pixels, image=black, recipe=recipe, how="", digest="")
    found = find_in_picture(picture, FINDER)
    assert all(near(found, x, y).any() for x, y, _ in GALAXIES)


def test_touching_galaxies_are_taken_apart_unless_told_not_to():
    rng = np.random.default_rng(1)
    pair = blob(100, 100, 8, 60.0) + blob(130, 100, 8, 60.0) + rng.normal(0, 3, SHAPE)
    assert len(extract(pair, ExtractionParams())) == 2
    assert len(extract(pair, ExtractionParams(contrast=1.0))) == 1


@pytest.mark.parametrize("value", [0.0, np.nan, 7.0])
def test_a_plane_without_anything_has_no_boxes(value):
    assert len(extract(np.full((64, 64), value), ExtractionParams())) == 0


def test_missing_data_is_no_source(sky):
    holed = sky.copy()
    holed[140:170, 180:220] = np.nan
    boxes = extract(holed, ExtractionParams())
    assert not near(boxes, 200, 150).any()
    assert near(boxes, 80, 60).any()


def crowded():
    """A thousand stars and more on light of their own: one source with too many peaks for SEP."""
    light = np.zeros((377, 377))
    light[30:-30, 30:-30] = 40
    light[40:337:9, 40:337:9] += 1500
    noise = np.random.default_rng(0).normal(20, 3, light.shape)
    return gaussian_filter(light, 1.3) + noise


def test_a_crowd_of_stars_is_taken_apart():
    assert len(extract(crowded(), ExtractionParams(least_score=0.0))) > 0


def test_what_sep_cannot_do_is_said_in_words(sky, monkeypatch):
    def fails(*_, **__):
        raise Exception("object deblending overflow")

    monkeypatch.setattr("sep.extract", fails)
    with pytest.raises(BadInputError, match=r"taken apart.*deblending overflow"):
        extract(sky, ExtractionParams())


def test_an_unknown_finder_is_named(image):
    with pytest.raises(NotFoundError, match="no finder named 'eyes'"):
        find_galaxies(image, "eyes")


@pytest.mark.parametrize("spec", list(FINDERS), ids=lambda spec: spec.name)
def test_finders_keep_to_their_contract(spec, image):
    for info in describe(spec.params):
        assert info.label
        assert info.help
    assert judged_params(spec).least_score < spec.params().least_score
    before = image.copy()
    first, again = (spec.find(image, spec.params()) for _ in range(2))
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(first.corners, again.corners)
    assert ((first.scores >= 0) & (first.scores <= 1)).all()
    assert (np.diff(first.scores) <= 0).all()
    assert (first.corners >= 0).all()
    assert (first.corners[:, 2:] <= SHAPE[::-1]).all()
    known = Boxes(
        corners=[[x - 20, y - 20, x + 20, y + 20] for x, y, _ in GALAXIES], scores=[1] * 3
    )
    pairs = match_boxes({"a": Truth(boxes=known, unsure=no_boxes())}, {"a": first})
    assert any(pair.true for pair in pairs)
    assert len(spec.find(np.zeros((40, 50, 3), dtype=np.uint8), spec.params())) == 0


def test_boxes_without_area_are_refused():
    with pytest.raises(BadInputError, match="no area"):
        Boxes(corners=[[5, 5, 5, 9]], scores=[1.0])
    with pytest.raises(BadInputError, match="do not belong"):
        Boxes(corners=[[5, 5, 7, 9]], scores=[])
