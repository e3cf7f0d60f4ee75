import dataclasses

import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.layouts import read_pixels
from astro_core.datasets.store import open_dataset
from astro_core.domain import Head, MarkedBox, Person
from astro_core.errors import BadInputError, ConflictError, ForbiddenError
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows import box_labels
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.keep_upload import keep_galaxy, said_of
from astro_core.workflows.labels import what_was_asked
from astro_core.workflows.pictures import read_pictures
from astro_core.workspace import Workspace, read_json, write_json

ANA = Person(name="Ana")
SHAPE = Head(name="shape", kind="classes", outputs=("elliptical", "spiral"))
VOTES = Head(name="votes", kind="votes", outputs=("smooth", "disk"))


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "workspace").ensure()


@pytest.fixture
def picture(tmp_path):
    rng = np.random.default_rng(0)
    folder = tmp_path / "given"
    folder.mkdir()
    Image.fromarray(rng.integers(1, 255, (100, 120, 3), dtype=np.uint8)).save(folder / "sky.png")
    (found,), _ = read_pictures(folder)
    return found


def told(picture, *boxes, head=SHAPE):
    found = tuple(
        Found(
            object_id=f"sky-{i + 1}", box=box, score=0.5, crop=np.zeros((8, 8, 3), np.uint8),
            answers={head.name: np.array([0.25, 0.75], np.float32)}, label="spiral",
            undefined=False, prediction_set=("spiral",),
        )
        for i, box in enumerate(boxes)
    )  # fmt: skip
    return Classified(
        picture=picture, found=found, model="m", finder="f", head=head, heads=(head, VOTES)
    )


def test_a_corrected_galaxy_is_in_the_dataset_and_among_the_labels(space, picture):
    both = told(picture, (10, 20, 30, 40), (60, 60, 90, 70))
    first = keep_galaxy(space, both, both.found[0], ANA, "elliptical")
    keep_galaxy(space, both, both.found[1], ANA, "spiral")
    for _ in range(2):  # a key press that is sent twice
        keep_galaxy(space, both, both.found[0], ANA, "spiral", event_id="press")
    dataset = open_dataset(space, "uploads")
    rows = read_catalogue(dataset)
    assert (dataset.n_objects, list(rows["picture"])) == (2, ["sky.png"] * 2)
    pixels = read_pixels(dataset, rows.iloc[0].to_dict())
    np.testing.assert_array_equal(np.moveaxis(pixels.values, 0, -1), picture.image[10:50, 0:40])
    events = list(open_store(space).events(dataset_key(dataset), [first]))
    assert [e.class_name for e in events] == ["elliptical", "spiral"]
    assert {(e.taxonomy, e.suggested_class, e.model_id) for e in events} == {
        ("shape", "spiral", "m")
    }
    assert set(said_of(space, both, ANA).values()) == {"spiral"}
    assert said_of(space, both, Person(name="Bo")) == {}
    (asked,) = what_was_asked(space, dataset)
    assert asked.taxonomy.class_names == SHAPE.outputs
    more = Head(name="shape", kind="classes", outputs=(*SHAPE.outputs, "edge_on"))
    wider = told(picture, (10, 20, 30, 40), head=more)
    keep_galaxy(space, wider, wider.found[0], ANA, "edge_on")
    (asked,) = what_was_asked(space, open_dataset(space, "uploads"))
    assert asked.taxonomy.class_names == more.outputs


def test_what_cannot_be_kept_is_refused_and_leaves_nothing(space, picture):
    one = told(picture, (10, 20, 30, 40))
    with pytest.raises(ForbiddenError):
        keep_galaxy(space, one, one.found[0], Person(name="Eve", role="viewer"), "spiral")
    votes = told(picture, (10, 20, 30, 40), head=VOTES)
    with pytest.raises(BadInputError, match="Votes"):
        keep_galaxy(space, votes, votes.found[0], ANA, "smooth")
    black = dataclasses.replace(picture, image=np.zeros_like(picture.image))
    with pytest.raises(BadInputError, match="cannot be kept"):
        keep_galaxy(space, told(black, (10, 20, 30, 40)), one.found[0], ANA, "spiral")
    assert not list(space.datasets.glob("*/dataset.json"))
    keep_galaxy(space, one, one.found[0], ANA, "spiral", into="mine")
    manifest = open_dataset(space, "mine").folder / "dataset.json"
    told_so = read_json(manifest)
    write_json(manifest, told_so | {"source": told_so["source"] | {"reader": "folders"}})
    with pytest.raises(BadInputError, match="was imported"):
        keep_galaxy(space, one, one.found[0], ANA, "spiral", into="mine")


def test_boxes_follow_the_finder_until_a_person_says_otherwise(space, picture):
    found = box_labels.found_boxes(told(picture, (10, 20, 30, 40), (60, 60, 130, 70)))
    assert [(b.by, b.x1) for b in found] == [("model", 30), ("model", 120)]
    after = (*found[:1], MarkedBox(x0=5, y0=5, x1=500, y1=25))
    box_labels.change(space, picture, ANA, before=found, after=after)
    standing = box_labels.corrected_boxes(space, [picture.digest, "other"])
    assert [b.corners for b in standing[picture.digest]][1] == (5, 5, 120, 25)
    boxes = box_labels.as_boxes(standing[picture.digest])
    np.testing.assert_array_equal(boxes.scores, [0.5, 1.0])
    with pytest.raises(ConflictError):
        box_labels.change(space, picture, ANA, before=found, after=())
    assert "nothing" in box_labels.undo(space, picture, Person(name="Bo")).replace(
        "no change", "nothing"
    )
    assert box_labels.undo(space, picture, ANA) == "Took back that you moved a box."
    assert box_labels.corrected_boxes(space, [picture.digest]) == {}
