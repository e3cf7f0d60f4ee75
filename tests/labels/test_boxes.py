import dataclasses

import pytest
from sqlalchemy import delete

from astro_core.domain import BoxEvent, MarkedBox
from astro_core.errors import BadInputError, ConflictError
from astro_core.labels.box_tables import BOX_EVENTS
from astro_core.labels.boxes import box_events, change_boxes, standing_boxes, undo_boxes
from astro_core.labels.database import sqlite_url
from astro_core.labels.store import LabelStore
from astro_core.labels.trouble import LabelStoreError

FOUND = (MarkedBox(x0=1, y0=2, x1=20.1, y1=30, by="model", score=0.75),)
DRAWN = (*FOUND, MarkedBox(x0=40, y0=40, x1=60, y1=70))


def change(before, after, reviewer="ana", **more):
    return BoxEvent(
        picture="abc", name="sky.png", reviewer=reviewer, finder="galaxy-finder",
        before=before, after=after, **more,
    )  # fmt: skip


def test_the_last_change_stands_and_is_taken_back_by_who_made_it(store):
    assert standing_boxes(store, ["abc"]).get("abc") is None
    first, second = change(FOUND, DRAWN), change(DRAWN, DRAWN[1:], "bo")
    change_boxes(store, first)
    change_boxes(store, second)
    change_boxes(store, second)  # sent twice
    assert standing_boxes(store, ["abc"]).get("abc") == DRAWN[1:]
    assert undo_boxes(store, "abc", "ana") is None, "bo was last"
    for _ in range(2):
        assert undo_boxes(store, "abc", "bo", event_id="key press") == second
    assert standing_boxes(store, ["abc"]).get("abc") == DRAWN
    assert undo_boxes(store, "abc", "ana") == first
    assert standing_boxes(store, ["abc"]).get("abc") is None, "as the model found them"
    assert [e.reviewer for e in box_events(store, "abc")] == ["ana", "bo", "bo", "ana"]
    assert standing_boxes(store, ["another picture"]).get("another picture") is None


def test_a_change_of_boxes_that_are_no_more_is_refused(store):
    change_boxes(store, change(FOUND, DRAWN))
    with pytest.raises(ConflictError, match="ana changed the boxes"):
        change_boxes(store, change(FOUND, (), "bo"))
    assert standing_boxes(store, ["abc"]).get("abc") == DRAWN


def test_what_was_drawn_is_never_changed_and_comes_back_from_a_backup(store, tmp_path):
    change_boxes(store, change(FOUND, DRAWN))
    with pytest.raises(LabelStoreError, match="never changed"), store.writing() as connection:
        connection.execute(delete(BOX_EVENTS))
    store.backup(tmp_path / "labels.sqlite")
    new = LabelStore(sqlite_url(tmp_path / "new.sqlite"))
    change_boxes(new, dataclasses.replace(change(FOUND, ()), picture="other"))
    for _ in range(2):
        new.restore(tmp_path / "labels.sqlite")
    assert box_events(new, "abc") == box_events(store, "abc")
    assert standing_boxes(new, ["other"]).get("other") == ()
    new.close()


@pytest.mark.parametrize("corners", [(0, 0, 0.5, 50), (5, 5, 2, 2), (0, 0, float("nan"), 9)])
def test_what_is_no_box_is_refused(corners):
    with pytest.raises(BadInputError):
        MarkedBox(**dict(zip(("x0", "y0", "x1", "y1"), corners, strict=True)))


def test_a_box_stays_in_its_picture():
    box = MarkedBox(x0=-3, y0=2.04, x1=500, y1=30).within(100, 20)
    assert box.corners == (0, 2.0, 100, 20)
