"""What every model that the repository ships promises."""

import re

import numpy as np
import pytest

from astro_core.classifiers.bundle import check_bundle
from astro_core.classifiers.bundle_info import CARD
from astro_core.classifiers.quick import open_quick
from astro_core.classifiers.reference import read_reference
from astro_core.workflows.models import SHIPPED, find_model, list_finders, list_models
from astro_core.workspace import Workspace

HEADS = {
    "sdss-morphology": {"shape": 3, "features": 3, "votes": 37},
    "sky-objects": {"label": 4},
    "demo-morphology": {"label": None, "votes": 37},
}
MOST_BYTES = 20_000_000
pytestmark = pytest.mark.usefixtures("shipped")
every = pytest.mark.parametrize("name", HEADS)


def test_all_of_them_are_small_and_nothing_else_is_there():
    files = [path for path in SHIPPED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert {path.name for path in SHIPPED.iterdir()} == {*HEADS, "galaxy-finder"}
    told = {m.name: m.source for m in list_models(Workspace(SHIPPED / "nowhere"))}
    assert set(HEADS) <= set(told)
    assert [finder["name"] for finder in list_finders()] == ["galaxy-finder"]


@every
def test_it_is_whole_safe_and_answers_as_named(name):
    info = check_bundle(find_model(Workspace(SHIPPED / "nowhere"), name))
    assert info.name == name
    heads = {head.name: len(head.outputs) for head in info.heads}
    assert heads.keys() == HEADS[name].keys()
    assert all(n in (None, heads[head]) for head, n in HEADS[name].items())
    assert info.calibration.keys() == {h.name for h in info.heads if h.kind != "votes"}


@every
def test_it_answers_at_once_and_knows_what_it_learned_from(name):
    quick, reference = open_quick(SHIPPED / name), read_reference(SHIPPED / name)
    size = quick.info.render.size_px
    noise = np.random.default_rng(0).integers(0, 255, (1, size, size, 3)).astype(np.uint8)
    answers, vectors = quick.answer(noise, views=1)
    assert {head: values.shape[1] for head, values in answers.items()} == {
        head.name: len(head.outputs) for head in quick.info.heads
    }
    assert reference.strangeness(vectors).shape == (1,)
    assert len(reference.odd_looks(noise)[0]) >= 2
    assert 0.05 < reference.framing < 1
    assert len(reference.object_ids) == len(reference.labels) == len(reference.datasets)


@every
def test_its_card_says_what_it_is_not_for_and_names_no_machine(name):
    card = (SHIPPED / name / CARD).read_text(encoding="utf-8")
    for words in ("## Scores", "95 % interval", "## Where it must not be trusted"):
        assert words in card
    told = (SHIPPED / name / "bundle.json").read_text(encoding="utf-8") + card
    assert not re.search(r'[" (]/(?:home|tmp|root|work|Users|opt)/', told)
