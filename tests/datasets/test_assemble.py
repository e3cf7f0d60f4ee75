import pandas as pd
import pytest

from astro_core.datasets.assemble import assemble
from astro_core.datasets.catalogue import REQUIRED_COLUMNS
from astro_core.datasets.readers import Scan
from astro_core.domain import ImagePart, Problem
from astro_core.errors import BadInputError

PART = ImagePart(layout="picture", root="/nowhere", bands=("R", "G", "B"))


def good(content):
    return {"reason": "", "width_px": 4, "height_px": 3, "content": content}


def bad(reason):
    return {"reason": reason, "width_px": 0, "height_px": 0, "content": ""}


def scan_of(labels, **columns):
    n = len(labels)
    frame = pd.DataFrame(
        {
            "object_id": [f"o{i}" for i in range(n)],
            "part": 0,
            "file": [f"o{i}.png" for i in range(n)],
            "row": 0,
            "label": pd.Series(labels, dtype="str"),
            **columns,
        }
    )
    return Scan(parts=(PART,), catalogue=frame)


def test_the_catalogue_has_all_required_columns_first_and_keeps_the_rest():
    found = assemble(scan_of(["a", "b"], mag=[1.0, 2.0]), [good("x"), good("y")], name="t")
    assert tuple(found.catalogue.columns) == (*REQUIRED_COLUMNS, "mag")
    assert found.catalogue["width_px"].tolist() == [4, 4]
    assert found.catalogue["group"].tolist() == ["o0", "o1"]
    assert found.class_counts == {"a": 1, "b": 1}


def test_bad_objects_are_left_out_with_their_reason_and_counted_once():
    scan = scan_of(["a", "b", "c"])
    found = assemble(scan, [good("x"), bad("cut short"), good("z")], name="t")
    assert found.catalogue["object_id"].tolist() == ["o0", "o2"]
    assert found.problems == (Problem(object_id="o1", file="o1.png", reason="cut short"),)
    assert found.n_bad == 1


def test_nothing_left_is_an_error_with_an_instance():
    with pytest.raises(BadInputError, match=r"None of the 2 objects.*cut short"):
        assemble(scan_of(["a", "b"]), [bad("cut short")] * 2, name="t")


def test_duplicates_share_a_group_and_a_split_and_conflicts_are_listed_not_left_out():
    labels = ["a", "b"] * 20
    contents = [good(f"c{i // 2}") for i in range(40)]
    found = assemble(scan_of(labels), contents, name="t")
    table = found.catalogue
    assert table["duplicate_of"].notna().sum() == 20
    assert len(table[["content", "group"]].drop_duplicates()) == 20
    assert len(table[["group", "split"]].drop_duplicates()) == 20
    assert len(found.problems) == 20
    assert "'o0' is labelled 'a'" in found.problems[0].reason
    assert found.n_bad == 0
    assert any("20 pictures are exact copies" in note for note in found.notes)


def test_a_duplicate_joins_two_groups_into_one():
    groups = ["g1", "g1", "g2", "g2", None]
    contents = [good(c) for c in ("a", "b", "b", "c", "d")]
    table = assemble(scan_of(["x"] * 5, group=groups), contents, name="t").catalogue
    assert table["group"].tolist() == ["g1", "g1", "g1", "g1", "o4"]


def test_a_group_may_be_called_like_an_object_without_joining_it():
    table = assemble(
        scan_of(["x"] * 3, group=["o2", "o2", None]), [good(c) for c in "abc"], name="t"
    ).catalogue
    assert table["group"].tolist() == ["o2", "o2", "o2 (alone)"]


def test_a_split_that_came_with_the_data_is_kept():
    splits = ["train", "test", "validation", None]
    found = assemble(scan_of(["x"] * 4, split=splits), [good(c) for c in "abcd"], name="t")
    assert found.catalogue["split"].tolist()[:3] == splits[:3]
    assert found.catalogue["split"][3] in splits[:3]
    assert not any("validation part" in note for note in found.notes)


def test_chosen_classes_are_no_bad_objects():
    found = assemble(scan_of(["a", "b", "c"]), [good(c) for c in "abc"], name="t", classes="ab=a+b")
    assert found.class_counts == {"ab": 2}
    assert found.n_bad == 0
    assert any("1 objects of classes" in note for note in found.notes)


def test_the_fingerprint_changes_with_labels_splits_and_pixels_and_nothing_else():
    contents = [good(c) for c in "abcdef"]
    labels = ["x", "y"] * 3

    def of(scan, checks=contents, **more):
        return assemble(scan, checks, name="t", **more).fingerprint

    first = of(scan_of(labels))
    assert first == of(scan_of(labels))
    assert first == of(scan_of(labels, mag=[1.0] * 6))
    assert first != of(scan_of(["y", "x"] * 3))
    assert first != of(scan_of(labels), [*contents[:5], good("other")])
    assert first != of(scan_of(labels), fractions=(0.0, 0.5, 0.5))


def test_copies_that_a_given_split_tears_apart_are_joined_and_it_says_so():
    scan = scan_of(["a", "a", "a"], split=["train", "test", "train"])
    found = assemble(scan, [good("same"), good("same"), good("other")], name="t")
    assert found.catalogue["split"].tolist() == ["test", "test", "train"]
    assert any("validation part: 1," in note for note in found.notes)
