import pytest

from astro_core.errors import BadInputError
from astro_core.workflows.import_plan import (
    class_table,
    import_params,
    is_scratch,
    map_text,
    mapped_counts,
    suggest_name,
)
from astro_core.workspace import Workspace

CLASSES = {"cw": 3, "acw": 2, "elliptical": 10, "star": 1}
SETTINGS = {
    "name": "sky",
    "classes": "",
    "train": 0.7,
    "validation": 0.15,
    "seed": 3,
    "copy_images": False,
}


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "w").ensure()


def test_classes_as_they_are_need_no_map():
    table = class_table(CLASSES)
    assert map_text(table) == ""
    assert mapped_counts(table) == CLASSES


def test_merged_renamed_and_left_out():
    table = class_table(CLASSES)
    table.loc[:1, "becomes"] = " spiral "
    table.loc[3, "keep"] = False
    assert map_text(table) == "spiral=cw+acw,elliptical"
    assert mapped_counts(table) == {"spiral": 5, "elliptical": 10}


def test_an_emptied_name_means_the_old_one():
    table = class_table(CLASSES)
    table.loc[2, "becomes"] = None
    assert map_text(table) == ""


def test_renaming_one_is_a_map_of_all():
    table = class_table({"a": 1, "b": 2})
    table.loc[0, "becomes"] = "c"
    assert map_text(table) == "c=a,b"


def test_nothing_kept_is_said():
    table = class_table(CLASSES).assign(keep=False)
    with pytest.raises(BadInputError, match="No class is kept"):
        map_text(table)


def test_signs_of_the_map_cannot_be_in_names():
    table = class_table(CLASSES)
    table.loc[0, "becomes"] = "a+b"
    with pytest.raises(BadInputError, match=r"'a\+b' cannot be renamed"):
        map_text(table)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/data/my survey", "my survey"),
        ("/data/stamps.tar.gz", "stamps"),
        ("/data/Galaxy10_DECals.h5", "Galaxy10_DECals"),
        ("https://example.org/pictures/page.html", "example.org"),
        ("/data/ñandú", "and"),
        ("/", "survey"),
    ],
)
def test_names_are_proposed_from_the_place(space, place, name):
    assert suggest_name(space, place) == name


def test_what_lies_in_scratch_is_copied(space):
    path = str(space.scratch_folder("upload") / "a.zip")
    assert is_scratch(space, path)
    kind, params = import_params(space, {"path": path}, SETTINGS)
    assert kind == "import"
    assert params["copy_images"]
    assert params["train"] == 0.7
    kind, params = import_params(space, {"path": "/data/x", "labels": "l.csv"}, SETTINGS)
    assert not params["copy_images"]
    assert params["labels"] == "l.csv"


def test_extending_keeps_the_split_of_the_dataset(space):
    kind, params = import_params(space, {"path": "/data/x"}, SETTINGS, extend="old")
    assert kind == "extend"
    assert params["dataset"] == "old"
    assert "train" not in params
