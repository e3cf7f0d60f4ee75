"""What a model said of a picture, as files that other programs read."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table
from PIL import Image

from astro_core.domain import Head, Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.workflows.classified import Classified, Found, Similar
from astro_core.workflows.classify_files import FILES, classified_table
from astro_core.workflows.pictures import Picture

SHAPE = Head(name="shape", kind="classes", outputs=("elliptical", "edge_on"))
VOTES = Head(name="votes", kind="votes", outputs=("smooth", "disk"), questions=((0, 1),))


def galaxy(object_id, corner, probabilities, **more):
    x, y = corner
    answers = np.array(probabilities, dtype=np.float32)
    told = {
        "object_id": object_id,
        "box": (float(x), float(y), x + 60.0, y + 40.0),
        "score": 0.9,
        "crop": np.zeros((8, 8, 3), np.uint8),
        "answers": {"shape": answers, "votes": np.array([0.25, 0.75], np.float32)},
        "label": SHAPE.outputs[int(answers.argmax())],
        "undefined": bool(answers.max() < 0.75),
        "prediction_set": SHAPE.outputs,
    }
    return Found(**(told | more))


@pytest.fixture
def classified():
    image = np.full((200, 300, 3), 40, np.uint8)
    picture = Picture(
        name="=night/m31.fits",
        pixels=Pixels(
            object_id="m31", bands=("R", "G", "B"), values=image.transpose(2, 0, 1), display=True
        ),
        image=image,
        recipe=RenderRecipe(),
        how="JPEG",
        digest="0" * 64,
    )
    found = (
        galaxy("m31-1", (20, 60), (0.9, 0.1), ra_deg=10.5, dec_deg=41.25),
        galaxy("m31-2", (180, 120), (0.4, 0.6), strangeness=1.5,
               similar=(Similar(object_id="G7", dataset="demo", label="edge_on"),)),
    )  # fmt: skip
    return Classified(
        picture=picture, found=found, model="toy", finder="", head=SHAPE, heads=(SHAPE, VOTES)
    )


def content(name, *classified):
    return FILES.get(name).content(classified)


def test_csv_is_as_the_commands_promise(classified):
    rows = list(csv.DictReader(io.StringIO(content("csv", classified).decode())))
    assert list(rows[0])[:10] == [
        "file", "object_id", "x0", "y0", "x1", "y1", "p_elliptical", "p_edge_on", "label",
        "undefined",
    ]  # fmt: skip
    assert [row["object_id"] for row in rows] == ["m31-1", "m31-2"]
    assert [float(row["p_edge_on"]) for row in rows] == pytest.approx([0.1, 0.6])
    assert [row["undefined"] for row in rows] == ["false", "true"]
    assert rows[0]["file"] == "'=night/m31.fits"  # a spreadsheet would run it
    assert rows[0]["strangeness"] == ""
    assert "unlike anything" in rows[1]["warning"]


def test_a_votes_head_has_a_column_for_each_answer(classified):
    table = classified_table([replace(classified, head=VOTES)])
    assert table[["smooth", "disk"]].to_numpy().tolist() == [[0.25, 0.75]] * 2
    assert not [name for name in table.columns if name.startswith("p_")]


def test_votable_has_types_and_units(classified, tmp_path):
    path = tmp_path / "answers.vot"
    path.write_bytes(content("votable", classified))
    table = Table.read(path, format="votable")
    assert list(table["object_id"]) == ["m31-1", "m31-2"]
    assert table["ra_deg"].unit == "deg"
    assert table["ra_deg"][0] == 10.5
    assert table["undefined"].dtype == bool
    unknown = replace(classified, found=(galaxy("m31", (20, 60), (0.9, 0.1)),))
    assert classified_table([unknown])["dec_deg"].dtype == float


def test_json_has_the_answers_of_all_heads(classified):
    (picture,) = json.loads(content("json", classified))
    assert picture["sha256"] == "0" * 64
    first, second = picture["galaxies"]
    assert first["answers"]["votes"] == {"smooth": 0.25, "disk": 0.75}
    assert first["box"] == [20, 60, 80, 100]
    assert first["ra_deg"] == 10.5
    assert second["ra_deg"] is None
    assert second["similar"] == [{"object_id": "G7", "dataset": "demo", "label": "edge_on"}]


def test_the_picture_shows_a_box_and_a_word_for_each_galaxy(classified):
    shown = np.asarray(Image.open(io.BytesIO(content("png", classified))))
    changed = (shown != classified.picture.image).any(axis=2)
    assert shown.shape == (200, 300, 3)
    for found in classified.found:
        x0, y0, x1, y1 = map(int, found.box)
        assert changed[y0, x0:x1].all()
        assert changed[y0:y1, x1 - 1].all()
        assert not changed[y0 + 8 : y1 - 8, x0 + 8 : x1 - 8].any()
        assert changed[y0 - 12 : y0 - 2, x0 : x0 + 60].mean() > 0.9
    with pytest.raises(BadInputError, match="one picture"):
        content("png", classified, classified)


@pytest.mark.parametrize("spec", list(FILES), ids=lambda spec: spec.name)
def test_every_form_says_what_it_is(spec):
    assert spec.label
    assert spec.mime
    assert Path(f"answers{spec.suffix}").suffix == spec.suffix


def test_boxes_are_handed_out_with_their_classes(classified):
    value = json.loads(FILES.get("coco").content([classified]))
    kinds = {kind["id"]: kind["name"] for kind in value["categories"]}
    told = [(box["bbox"], kinds[box["category_id"]]) for box in value["annotations"]]
    assert told == [([20, 60, 60, 40], "elliptical"), ([180, 120, 60, 40], "edge_on")]
