"""The page about a model: whole, without a network, and honest about n and parts."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Head, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.runs.folder import RunFolder
from astro_core.workflows import evaluation_tables as tables
from astro_core.workflows.answer_words import answer_words
from astro_core.workflows.evaluation_report import report_page, write_report
from astro_core.workflows.evaluation_views import judged
from astro_core.workflows.training_plan import plan_training
from astro_core.workspace import Workspace, write_json

CLASSES = Head(name="label", kind="classes", outputs=("round", "spiral"))
VOTES = Head(name="votes", kind="votes", outputs=("t01_a_a01_yes", "t01_a_a02_no"),
             questions=((0, 1),))  # fmt: skip
FOUND = {"label": {"temperature": 1.5, "n_temperature": 31, "coverage": 0.9,
                   "set_threshold": 0.2, "n_sets": 30}}  # fmt: skip
N = 40


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("report")
    for i in range(N):
        path = place / "pictures" / CLASSES.outputs[i % 2] / f"g{i:02d} <b>.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(i).integers(0, 255, (24, 24, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(path)
    workspace = Workspace(place / "space").ensure()
    params = {"path": str(place / "pictures"), "name": "sky", "reader": "folders"}
    assert execute(workspace, "import", params, title="Import").state == "done"
    return workspace


@pytest.fixture(scope="module")
def run_id(space):
    """A finished training with two heads, wrong for every fifth galaxy."""
    params = {"dataset": "sky", "recipe": "fork", "settings": {"epochs": 3, "size_px": 24}}
    store = RunFolder.create(space, kind="train", params=params, title="Training")
    plan = plan_training("fork", params["settings"])
    write_json(store.path / "config.json", plan.to_json() | {"dataset": "sky"})
    history = [{"epoch": i, "loss": 1 / i, "val_loss": abs(i - 2) + 0.5, "accuracy": 0.5,
                "val_accuracy": 0.6, "seconds": 1.0} for i in (1, 2, 3)]  # fmt: skip
    write_json(store.path / "history.json", history)
    dataset = open_dataset(space, "sky")
    table = read_catalogue(dataset)[["object_id", "label"]]
    table["part"] = [("train", "test")[i % 2 if i < 4 else i > N // 2] for i in range(N)]
    right = table["label"].eq("spiral") ^ (np.arange(N) % 5 == 0)
    table["p_spiral"] = np.where(right, 0.9, 0.2)
    table["p_round"] = 1 - table["p_spiral"]
    for place, name in enumerate(VOTES.outputs):
        table[f"true_{name}"] = np.abs(place - 0.3)
        table[name] = table[f"true_{name}"] + 0.1
    table.loc[30, f"true_{VOTES.outputs[0]}"] = np.nan
    table.to_parquet(store.path / "predictions.parquet", index=False)
    (store.path / "bundle").mkdir()
    info = BundleInfo(
        name=store.run_id, kind="keras", heads=(CLASSES, VOTES), render=RenderRecipe(size_px=24),
        training=plan.to_json(), calibration=FOUND, dataset="sky",
        fingerprint=dataset.fingerprint, weights_from="imagenet",
    )  # fmt: skip
    write_info(store.path / "bundle", info)
    store.start()
    store.end("done", result={"scores": {}})
    return store.run_id


class Seen(HTMLParser):
    """What a page would load, and whether its tags close."""

    def __init__(self):
        super().__init__()
        self.loads, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.loads += [v for k, v in attrs if k in ("src", "href") and not v.startswith("data:")]
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))


def test_the_page_needs_nothing_else_and_says_n_parts_and_methods(space, run_id):
    html = report_page(space, run_id)
    seen = Seen()
    seen.feed(html)
    assert seen.loads == []
    assert seen.open == []
    said = text_of(html)
    for words in (
        "How far can fork be trusted?", "the test part", "labelled galaxies",
        "first weights: imagenet", "seed 0", "epoch 2 had the lowest validation loss",
        "temperature of 1.50", "31 galaxies of the calibration part", "Prediction sets hold",
        "Most confident, yet wrong", "Efron 1979",
    ):  # fmt: skip
        assert words in said, words
    assert "to a person" in html  # in a figure
    assert html.count('<figure role="img"') == 7
    assert "&lt;b&gt;" in said  # an id is text


def test_a_part_that_flatters_says_so(space, run_id):
    assert "this flatters" in text_of(report_page(space, run_id, "all"))


def test_votes_have_their_own_page(space, run_id):
    said = text_of(report_page(space, run_id, "test", "votes"))
    assert "RMSE of all fractions" in said
    assert "a: yes" in said
    assert "Largest errors" in said
    assert "calibrated" not in said


def test_what_cannot_be_told_is_refused_and_nothing_is_written(space, run_id, tmp_path):
    with pytest.raises(BadInputError, match="no labelled galaxy"):
        report_page(space, run_id, "validation")
    with pytest.raises(NotFoundError, match="no head 'x'"):
        report_page(space, run_id, "test", "x")
    blocked = tmp_path / "file"
    blocked.write_text("kept")
    with pytest.raises(BadInputError, match="cannot be written"):
        write_report(space, run_id, blocked / "report.html")
    assert blocked.read_text() == "kept"
    out = tmp_path / "new" / "report.html"
    write_report(space, run_id, out)
    assert out.read_text("utf-8").startswith("<!doctype html>")
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("view", tables.TABLES)
def test_every_view_has_its_numbers(space, run_id, view):
    found = judged(space, run_id, "all", "label")
    table = tables.table(view, found)
    assert len(table)
    assert pd.read_csv(pd.io.common.StringIO(table.to_csv(index=False))).shape == table.shape


def test_mistakes_come_first_and_counts_add_up(space, run_id):
    found = judged(space, run_id, "all", "label")
    assert tables.table("mistakes", found)["right"].is_monotonic_increasing
    counts = tables.table("confusion", found)
    assert counts.set_index("label").to_numpy().sum() == found.n == N
    with pytest.raises(NotFoundError, match="no table"):
        tables.table("x", found)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("t02_edgeon_a04_yes_debiased", "edgeon: yes"),
        ("smooth-or-featured_smooth", "smooth-or-featured smooth"),
    ],
)
def test_answers_are_words(name, said):
    assert answer_words(name) == said
