"""Boxes in files of annotations that were dropped with pictures."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from astro_core.detection.annotations import ANNOTATIONS, Annotated
from astro_core.domain import Boxes, MarkedBox, Person
from astro_core.errors import ForbiddenError
from astro_core.labels.boxes import box_events
from astro_core.labels.store import open_store
from astro_core.workflows import box_labels
from astro_core.workflows.pictures import read_pictures
from astro_core.workflows.read_upload import read_upload
from astro_core.workflows.uploads import CLASSIFY_LIMITS, receive
from astro_core.workspace import Workspace

ANA, BO = Person(name="Ana"), Person(name="Bo")
CORNERS = ((10.0, 5.0, 30.0, 25.0), (40.5, 20.0, 60.0, 35.5))
DRAWN = tuple(map(MarkedBox.around, CORNERS))


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "space").ensure()


def png(width=60, height=40, seed=0, orientation=1):
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    pixels = np.random.default_rng(seed).integers(1, 255, (height, width, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(stream, "PNG", exif=exif)
    return stream.getvalue()


def annotated(file, width=60, height=40):
    boxes = Boxes(corners=CORNERS, scores=[1, 1], labels=("galaxy", "spiral"))
    return Annotated(file=file, width_px=width, height_px=height, boxes=boxes)


def files_of(form, *pictures):
    return ANNOTATIONS.get(form).write(pictures)


def drop(space, **files):
    streams = [(name, io.BytesIO(content)) for name, content in files.items()]
    return receive(space, streams, CLASSIFY_LIMITS).folder


@pytest.mark.parametrize("form", ANNOTATIONS.names())
def test_a_file_of_boxes_gives_its_picture_its_boxes(space, form):
    files = files_of(form, annotated("NGC 1.2.png"))
    pictures, problems = read_pictures(
        drop(space, **files, **{"NGC 1.2.png": png(), "b.png": png(seed=1)})
    )
    assert not problems
    assert {p.name: p.boxes for p in pictures} == {"NGC_1.2.png": DRAWN, "b.png": None}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_in_a_picture_that_a_camera_turned(space, orientation):
    width, height = (60, 40) if orientation < 5 else (40, 60)
    turned = png(width, height, orientation=orientation)
    ((picture,), problems) = read_pictures(
        drop(space, **files_of("yolo", annotated("a.png")), **{"a.png": turned})
    )
    assert not problems
    assert picture.image.shape == (40, 60, 3)
    corners = [(box.x0, box.y0, box.x1, box.y1) for box in picture.boxes]
    np.testing.assert_allclose(corners, CORNERS, atol=1e-3)


def test_an_archive_of_boxes_is_about_the_pictures_beside_it(space):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        for name, content in files_of("voc", annotated("a.png"), annotated("b.png")).items():
            out.writestr(f"night/{name}", content)
    folder = drop(space, **{"a.png": png(), "b.png": png(seed=1), "boxes.zip": stream.getvalue()})
    (a, b), problems = read_upload(folder)
    assert not problems
    assert (a.boxes, b.boxes) == (DRAWN, DRAWN)


BOMB = b"""<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><annotation>&c;</annotation>"""
VALUE = {
    "images": [{"id": i, "file_name": f"{i}.png", "width": 60, "height": 40} for i in range(3000)],
    "categories": [],
    "annotations": [],
}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (files_of("voc", annotated("a.png", width=61)), "another size. Expected 60 x 40 px"),
        (files_of("voc", annotated("lost.png")), "'lost.png' were left aside"),
        (files_of("yolo", annotated("lost.png")), "'lost.txt' cannot be read"),
        ({"all.json": json.dumps(VALUE).encode()}, "'0.png' and of 2,999 others were left aside"),
        ({"a.xml": BOMB}, "'a.xml' cannot be read"),
        ({"a.xml": b"<svg/>"}, "'a.xml' cannot be read"),
        ({"a.xml": b'<?xml version="1.0" encoding="nobody"?><annotation/>'}, "cannot be read"),
        ({"a.json": b"[" * 10**6}, "'a.json' cannot be read"),
        ({"a.json": json.dumps(VALUE | {"annotations": [1]}).encode()}, "'a.json' cannot be read"),
        ({"a.txt": b"0 2.5 0.5 0.1 0.1"}, "too small"),
    ],
)
def test_what_cannot_be_taken_is_named_and_the_picture_is_shown_without(space, files, told):
    (picture,), problems = read_pictures(drop(space, **files, **{"a.png": png()}))
    assert picture.boxes is None
    (problem,) = [p for p in problems if p.file != "classes.txt"]
    assert told in problem.in_words()


def test_a_renamed_picture_is_known_by_the_name_of_its_file_of_boxes(space):
    (content,) = files_of("voc", annotated("old.png")).values()
    (picture,), problems = read_pictures(drop(space, **{"new.xml": content, "new.png": png()}))
    assert (picture.boxes, problems) == (DRAWN, ())


def test_boxes_that_came_are_somebodys_until_people_change_them(space):
    folder = drop(space, **files_of("coco", annotated("a.png")), **{"a.png": png()})
    (picture,), _ = read_pictures(folder)
    with pytest.raises(ForbiddenError):
        box_labels.bring(space, picture, Person(name="Eve", role="viewer"))
    for person in (ANA, BO):
        assert box_labels.bring(space, picture, person)
    (event,) = box_events(open_store(space), picture.digest)
    assert (event.reviewer, event.before, event.after) == ("Ana", (), DRAWN)
    box_labels.change(space, picture, BO, before=DRAWN, after=DRAWN[:1])
    assert not box_labels.bring(space, picture, ANA), "what people did here is newer"
    assert box_labels.corrected_boxes(space, [picture.digest]) == {picture.digest: DRAWN[:1]}
    assert box_labels.undo(space, picture, BO) == "Took back that you deleted a box."
    assert box_labels.undo(space, picture, ANA) == "Took back that you brought boxes."
