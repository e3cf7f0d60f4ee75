import shutil

import numpy as np
import pytest
from PIL import Image
from reading import named, said

from astro_core.datasets.store import open_dataset
from astro_core.detection.annotations import Annotated
from astro_core.domain import Boxes, MarkedBox, Person
from astro_core.errors import BadInputError
from astro_core.labels.boxes import box_events
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.ui import classify_cached
from astro_core.workflows import box_labels
from astro_core.workflows.annotations import annotation_file
from astro_core.workflows.classify_example import EXAMPLES
from astro_core.workflows.pictures import read_pictures

ASKED = {"model": "colours", "finder": "source-extraction"}
PLACES = {"red": (40, 50), "blue": (150, 100)}


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    """Pictures are read in this process, and no network is loaded for maps."""
    monkeypatch.setattr("astro_core.workflows.read_upload.get_ready", lambda: None)
    monkeypatch.setattr("astro_core.ui.classify_drop.read_upload", lambda *_, **__: None)
    monkeypatch.setattr("astro_core.ui.classify_cached.read_upload", read_pictures)
    monkeypatch.setattr("astro_core.workflows.explain.desk.ask", lambda *_, **__: None)


@pytest.fixture
def known(space, colour_model):
    """A model that tells red galaxies from blue ones."""
    shutil.copytree(colour_model, space.models / "colours")
    return space


@pytest.fixture
def sky(known):
    """An uploaded picture of a red and a blue galaxy; returns the folder that it lies in."""
    folder = known.scratch_folder("upload")
    pixels = np.random.default_rng(0).integers(0, 40, (160, 220, 3)).astype(np.uint8)
    for name, (x, y) in PLACES.items():
        pixels[y - 4 : y + 4, x - 4 : x + 4, 0 if name == "red" else 2] = 200
    Image.fromarray(pixels).save(folder / "two.png")
    return folder


@pytest.fixture
def shown(sky, open_page):
    """The page with that picture, as somebody sees it."""

    def show(name="Ana", **query):
        session = {"classify:folders": [str(sky)], "who:name": name}
        return open_page("classify.py", session=session, **ASKED, **query)

    return show


def buttons(test):
    return {b.label: b for b in test.button}


def test_without_a_model_it_leads_to_training(space, open_page, monkeypatch, tmp_path):
    monkeypatch.setattr("astro_core.workflows.models.SHIPPED", tmp_path)
    test = open_page("classify.py")
    assert "A model is asked here" in said(test)
    assert "Train a model" in buttons(test)


def test_an_empty_page_offers_simulated_pictures(known, open_page):
    test = open_page("classify.py", **ASKED)
    assert set(EXAMPLES.values()) <= set(buttons(test))
    assert "At most" in said(test)
    assert named(test.selectbox, "Model").value == "colours"


def test_a_wrong_address_is_said_and_another_model_answers(known, open_page):
    test = open_page("classify.py", model="nobody", finder="nothing", head="x")
    assert "There is no model 'nobody'" in said(test)
    assert not test.error


def test_each_galaxy_is_named_and_how_sure_that_is(shown):
    test = shown()
    assert "Galaxy 1 of 2" in said(test)
    assert "At the coverage that the model promises" in said(test)
    assert "Most like it" in said(test)
    named(test.button, "Confirm").click().run()
    assert "Galaxy 2 of 2" in said(test), "the next one that nobody named"


def test_what_is_said_becomes_a_label_and_can_be_taken_back(known, shown):
    test = shown()
    named(test.button, "Blue").click().run()
    dataset = open_dataset(known, "uploads")
    (event,) = open_store(known).events(dataset_key(dataset))
    assert (event.class_name, event.reviewer, event.taxonomy) == ("blue", "Ana", "colour")
    assert event.suggested_class in PLACES
    assert f"stored as {event.object_id}" in said(test)
    named(test.button, "Previous").click().run()
    assert "You said blue" in said(test)
    named(test.button, "Undo").click().run()
    assert "Took back" in said(test)
    assert open_dataset(known, "uploads").n_objects == 1
    assert open_store(known).current(dataset_key(dataset)).empty


def test_it_asks_who_somebody_is_before_they_answer(shown):
    test = shown(name="")
    assert "Who are you?" in said(test)
    assert "Confirm" not in buttons(test)


def test_boxes_as_people_left_them_are_asked_about(known, sky, shown):
    (picture,), _ = read_pictures(sky)
    boxes = [
        MarkedBox(x0=x - 4, y0=y - 4, x1=x + 4, y1=y + 4) for x, y in [*PLACES.values(), (80, 90)]
    ]
    box_labels.change(known, picture, Person(name="Bo"), before=(), after=boxes)
    test = shown()
    assert "Galaxy 1 of 3" in said(test)
    assert len(box_events(open_store(known), picture.digest)) == 1
    box_labels.change(known, picture, Person(name="Bo"), before=boxes, after=())
    assert "There is no box" in said(shown())


def test_boxes_can_be_said_to_be_right_and_the_picture_is_kept(known, sky, shown):
    (picture,), _ = read_pictures(sky)
    test = shown()
    named(test.button, "These boxes are right").click().run()
    (event,) = box_events(open_store(known), picture.digest)
    assert (event.reviewer, event.finder) == ("Ana", "source-extraction")
    assert {box.by for box in event.after} == {"person"}
    assert [box.corners for box in event.after] == [box.corners for box in event.before]
    assert open_dataset(known, "boxed").n_objects == 1
    assert "A person says so" in said(test)


def test_boxes_that_came_with_a_picture_are_stored_once_somebody_is_known(known, sky, shown):
    drawn = Boxes(corners=[(36, 46, 44, 54)], scores=[1])
    files = annotation_file(
        [Annotated(file="two.png", width_px=220, height_px=160, boxes=drawn)], "coco"
    )
    (sky / "boxes.json").write_bytes(files)
    (picture,), _ = read_pictures(sky)
    assert "when you have said who you are" in said(shown(name=""))
    assert not box_events(open_store(known), picture.digest)
    test = shown()
    assert "Galaxy 1 of" not in said(test), "there is one box"
    (event,) = box_events(open_store(known), picture.digest)
    assert (event.reviewer, event.after) == ("Ana", picture.boxes)
    box_labels.change(known, picture, Person(name="Bo"), before=picture.boxes, after=())
    assert "Those that came with it were left aside" in said(shown())


def test_a_head_of_votes_shows_shares_and_names_nothing(shown, html_of):
    test = shown(head="light")
    assert "Share of people" in html_of(test)
    assert "votes are given in Review" in said(test)


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(sky, shown):
    (sky / "notes.jpg").write_text("<svg>")
    test = shown()
    assert "notes.jpg" in said(test)
    assert "Galaxy 1 of 2" in said(test)


def test_a_picture_that_no_finder_can_take_is_said_and_the_others_are_answered(
    sky, shown, monkeypatch
):
    pixels = np.asarray(Image.open(sky / "two.png"))
    Image.fromarray(pixels[::-1]).save(sky / "crowded.png")
    usual = classify_cached.classify_picture

    def refuse(workspace, picture, *more, **others):
        if picture.name == "crowded.png":
            raise BadInputError("Too many sources lie on each other")
        return usual(workspace, picture, *more, **others)

    monkeypatch.setattr(classify_cached, "classify_picture", refuse)
    test = shown(picture="two.png")
    assert any("Too many sources lie on each other" in e.value for e in test.error)
    assert "1 picture has no answer" in said(test)
    monkeypatch.setattr(classify_cached, "classify_picture", usual)
    buttons(test)["Go on"].click().run()
    assert not test.error
    assert "no answer" not in said(test)
