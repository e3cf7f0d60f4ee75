"""Whole pictures in which people drew boxes, and what finders learn from them."""

import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.store import open_dataset
from astro_core.detection.views import draw_window, gather
from astro_core.domain import Cancelled, MarkedBox, Person
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows import box_labels
from astro_core.workflows.kept_galaxies import GALAXIES
from astro_core.workflows.kept_images import kept_dataset
from astro_core.workflows.kept_pictures import BOXED, keep_picture
from astro_core.workflows.marked_pictures import marked_pictures
from astro_core.workflows.pictures import read_pictures
from astro_core.workflows.score_finder import deal_pictures, score_folds, search
from astro_core.workflows.train_finder import KIND, submit_finder_training
from astro_core.workspace import Workspace

ANA = Person(name="Ana")
SHAPES = {"tall": (150, 90), "wide": (70, 200)}
PLACES = {"tall": [(20, 30, 50, 70), (60, 100, 80, 120)], "wide": [(120, 20, 150, 50)]}


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "workspace").ensure()


@pytest.fixture
def pictures(tmp_path):
    """A tall and a wide picture of bright rectangles, by name."""
    folder = tmp_path / "given"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name, shape in SHAPES.items():
        pixels = rng.integers(0, 30, (*shape, 3)).astype(np.uint8)
        for x0, y0, x1, y1 in PLACES[name]:
            pixels[y0:y1, x0:x1] = 200
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return {picture.name.removesuffix(".png"): picture for picture in read_pictures(folder)[0]}


@pytest.fixture
def drawn(space, pictures):
    """In the tall one, one box is drawn and a finder's is left; that of the wide one is right."""
    one, other = (MarkedBox.around(place) for place in PLACES["tall"])
    found = MarkedBox.around(other.corners, by="model", score=0.5)
    box_labels.change(space, pictures["tall"], ANA, before=[found], after=[found, one])
    found = [MarkedBox.around(place, by="model", score=0.9) for place in PLACES["wide"]]
    box_labels.confirm(space, pictures["wide"], ANA, boxes=found)
    return space


def learned(space, monkeypatch, *names):
    """What a training is given: pictures and boxes; it is stopped then."""
    given = []

    def stopped(training, validation, *_):
        for scenes in (*validation, *training):
            given.extend(zip(scenes.pixels, scenes.boxes, strict=True))
        raise Cancelled

    monkeypatch.setattr("astro_core.workflows.train_finder.fit_finder", stopped)
    params = {"datasets": names or [BOXED], "settings": {}}
    assert execute(space, KIND, params, title="Train").state == "cancelled"
    return given


def test_finders_learn_from_the_pictures_as_they_are_and_the_boxes_as_they_stand(
    drawn, pictures, monkeypatch
):
    first, second = learned(drawn, monkeypatch)
    for (pixels, boxes), name in ((first, "tall"), (second, "wide")):
        np.testing.assert_array_equal(pixels, pictures[name].image)
        assert sorted(map(tuple, boxes[:, :4])) == sorted(PLACES[name])
    assert sorted(first[1][:, 4]) == [0, np.inf], "nobody said that the other box is right"
    assert list(second[1][:, 4]) == [np.inf]

    (there,) = box_labels.corrected_boxes(drawn, [pictures["wide"].digest]).values()
    moved = [MarkedBox.around((100, 20, 130, 50))]
    box_labels.change(drawn, pictures["wide"], ANA, before=there, after=moved)
    assert open_dataset(drawn, BOXED).n_objects == 2, "kept once"
    _, (_, boxes) = learned(drawn, monkeypatch)
    np.testing.assert_array_equal(boxes, [[100, 20, 130, 50, np.inf]])


def test_windows_of_pictures_of_any_shape_keep_their_boxes_on_the_light(drawn, tmp_path):
    known = list(marked_pictures(open_dataset(drawn, BOXED)))
    boxes = [
        np.column_stack([each.boxes.corners, np.full(len(each.boxes), np.inf)]).astype(np.float32)
        for each in known
    ]
    scenes = gather(zip((each.image for each in known), boxes, strict=True), tmp_path)
    assert not list(tmp_path.glob("tmp*"))
    rng = np.random.default_rng(0)
    seen = 0
    for number in range(60):
        image, marked = draw_window(scenes, number % 2, 64, rng)
        for x0, y0, x1, y1 in np.rint(marked.boxes).astype(int):
            light = image.mean(axis=-1)
            inside = light[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1]
            if inside.size and light.max() > 100:
                assert np.percentile(inside, 5) > light.max() / 2
                seen += 1
    assert seen > 40


def test_finders_are_judged_by_what_people_said(drawn):
    dataset = open_dataset(drawn, BOXED)
    searched = search(dataset, lambda picture: picture.boxes)
    scores = score_folds(searched, deal_pictures(dataset, 2))
    assert list(scores["n_boxes"]) == [1, 1]
    assert min(scores["map_50"]) > 0.999, "a box that nobody judged is no false alarm"


def test_pictures_of_which_nobody_said_anything_teach_nothing(space, pictures, monkeypatch):
    for _ in range(2):
        for picture in pictures.values():
            keep_picture(space, BOXED, picture)
    assert open_dataset(space, BOXED).n_objects == 2
    with pytest.raises(NotFoundError, match="Nobody says where the galaxies"):
        submit_finder_training(space, [BOXED], {})
    box_labels.confirm(space, pictures["tall"], ANA, boxes=())
    with pytest.raises(BadInputError, match="too few pictures"):
        submit_finder_training(space, [BOXED], {})
    assert box_labels.undo(space, pictures["tall"], ANA).endswith("said that the boxes are right.")
    with pytest.raises(BadInputError, match="Galaxies of uploaded pictures cannot go into 'boxed'"):
        kept_dataset(space, BOXED, GALAXIES)
