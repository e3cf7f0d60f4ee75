"""Queues made of a survey with a model that is unsure where the spot is faint."""

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core import runs
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import LabelEvent
from astro_core.errors import BadInputError, NotFoundError
from astro_core.labels.acquisition import ACQUISITIONS
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.runs import execute
from astro_core.workflows.predict import answer_table  # noqa: F401 - registers the kinds of runs
from astro_core.workflows.queue import QueueRequest, make_queue, runs_needed
from astro_core.workflows.selections import save_selection
from astro_core.workspace import Workspace

N, BARE = 120, 30
SETTINGS = {"size_px": 16, "n_estimators": 10, "seed": 3}


def draw(folder, n, seed, *, classes=True, first=0):
    rng = np.random.default_rng(seed)
    for number in range(first, first + n):
        left = number % 2 == 0
        pixels = rng.integers(0, 120, (16, 16, 3)).astype(np.uint8)
        bright = 5 + 5 * (number % 13)
        pixels[6:9, (2 if left else 9) : (7 if left else 14)] += np.uint8(bright)
        place = folder / ("left" if left else "right") if classes else folder
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place / f"{number:06d}.png")


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("queue")
    workspace = Workspace(place / "space").ensure()
    draw(place / "sky", N, 0)
    draw(place / "bare", BARE, 1, classes=False, first=N)
    for name in ("sky", "bare"):
        asked = {"path": str(place / name), "name": name}
        done = execute(workspace, "import", asked, title="Import")
        assert done.state == "done", done.error
    return workspace


@pytest.fixture(scope="module")
def model(space):
    asked = {"dataset": "sky", "recipe": "astrodetector-forest", "settings": SETTINGS}
    run = execute(space, "train", asked, title="Train")
    assert run.state == "done", run.error
    return run.run_id


@pytest.fixture(scope="module")
def folds(space):
    asked = {
        "dataset": "sky", "recipe": "astrodetector-forest", "settings": SETTINGS, "folds": 2,
    }  # fmt: skip
    run = execute(space, "folds", asked, title="Folds")
    assert run.state == "done", run.error
    return run.run_id


@pytest.fixture
def done(monkeypatch):
    """Runs are done at once, in this process; their kinds are listed."""
    kinds = []

    def submit(workspace, kind, params, *, title):
        run = execute(workspace, kind, params, title=title)
        assert run.state == "done", run.error
        kinds.append(kind)
        return run.run_id

    for place in (runs, runs.control):  # from outside, and by `submit_once`
        monkeypatch.setattr(place, "submit", submit)
    return kinds


def asked(strategy, size=10, dataset="sky", **more):
    return QueueRequest(dataset=dataset, strategy=strategy, size=size, **more)


def made(space, request):
    runs_needed(space, request)
    return make_queue(space, request)


def label(space, ids, *, reviewer="ada", name="left", dataset="sky", taxonomy=""):
    key = dataset_key(open_dataset(space, dataset))
    open_store(space).append(
        LabelEvent(
            dataset=key, object_id=i, class_name=name, reviewer=reviewer, taxonomy=taxonomy
        )
        for i in ids
    )  # fmt: skip


def answers(space, run_id):
    table = pd.read_parquet(space.runs / run_id / "predictions.parquet")
    return table.set_index("object_id")[["p_left", "p_right"]]


def test_random_needs_nothing(space, done):
    one, again = (make_queue(space, asked("random", 30)) for _ in range(2))
    assert runs_needed(space, asked("random")) == ()
    assert len(set(one.object_ids)) == 30
    assert one.object_ids == again.object_ids
    assert one.object_ids != make_queue(space, asked("random", 30, seed=1)).object_ids
    assert list(one.table().columns) == ["object_id"]
    assert (one.model, one.n_pool, done) == ("", N, [])


def test_diverse_galaxies_take_features_that_are_computed_once(space, done):
    found = made(space, asked("kcenter", 12, dataset="bare"))
    assert len(set(found.object_ids)) == 12
    assert done == ["features"]
    assert runs_needed(space, asked("kcenter", dataset="bare")) == ()


def test_the_answers_of_the_training_are_used_where_they_are_whole(space, model, done):
    found = made(space, asked("margin", 8, model=model))
    assert done == []
    gap = answers(space, model).diff(axis=1)["p_right"].abs().sort_values()
    assert list(gap[list(found.object_ids)]) == pytest.approx(list(gap.iloc[:8]))
    undefined = made(space, asked("undefined", N, model=model))
    top = answers(space, model).max(axis=1)
    assert set(undefined.object_ids) == set(top.index[top < 0.75])
    assert undefined.notes == (f"Only {len(undefined.object_ids)} galaxies are of this kind.",)


def test_the_model_is_asked_about_galaxies_it_does_not_know_and_only_once(space, model, done):
    request = asked("entropy", 5, dataset="bare", model=model)
    found = made(space, request)
    assert done == ["predict"]
    assert set(found.object_ids) <= set(read_catalogue(open_dataset(space, "bare"))["object_id"])
    made(space, request)
    assert done == ["predict"]


def test_the_newest_training_is_asked_when_none_is_named(space, model, done):
    assert made(space, asked("entropy")).model == model
    with pytest.raises(NotFoundError, match=r"no model of classes.*random or kcenter"):
        runs_needed(space, asked("entropy", dataset="bare"))


def test_opinions_say_whose_they_are(space, model, folds, done):
    turned = made(space, asked("bald", 5, model=model))
    assert turned.notes == (
        "Opinions: one model shown 8 turned and mirrored views; it has no dropout.",
    )
    trained = made(space, asked("bald", 5, model=folds))
    assert trained.notes == ("Opinions: 2 models that were trained apart.",)
    assert done == ["opinions", "opinions"]


def test_folds_answer_together_and_apart(space, folds, done):
    assert len(made(space, asked("margin", 5, model=folds)).object_ids) == 5
    errors = made(space, asked("label_errors", N, model=folds)).object_ids
    doubted = pd.read_parquet(space.runs / folds / "label_errors.parquet")["object_id"]
    assert set(errors) == set(doubted)


def test_people_against_the_model(space, model, done):
    found = made(space, asked("disagreement", N, model=model)).object_ids
    said = answers(space, model).idxmax(axis=1).str.removeprefix("p_")
    came = read_catalogue(open_dataset(space, "sky")).set_index("object_id")["label"]
    assert set(found) == set(said.index[said != came[said.index]])


def test_what_people_said_in_other_classes_does_not_count(space, model, done, tmp_path):
    own = Workspace(shutil.copytree(space.root, tmp_path / "own"))
    dataset = open_dataset(own, "sky")
    came = read_catalogue(dataset).set_index("object_id")["label"]
    said = answers(own, model).idxmax(axis=1).str.removeprefix("p_")
    agreed = said.index[said == came[said.index]][0]
    other = "left" if said[agreed] == "right" else "right"
    label(own, [agreed], name=other, taxonomy=dataset.taxonomy.name)
    label(own, [agreed], name="barred", taxonomy="bars")
    twice = ReviewRules(most_votes=2, votes_needed=2)
    asks = asked("disagreement", N, model=model, rules=twice)
    assert agreed in made(own, asks).object_ids
    assert agreed not in made(own, dataclasses.replace(asks, taxonomy="bars")).object_ids


def test_what_was_labelled_enough_is_left_out(space, done):
    first = make_queue(space, asked("random", 5, dataset="bare")).object_ids
    label(space, first[:3], dataset="bare")
    rest = make_queue(space, asked("random", BARE, dataset="bare"))
    assert not set(rest.object_ids) & set(first[:3])
    assert rest.n_pool == BARE - 3
    assert rest.notes[0] == "3 were looked at enough and are left out."
    twice = asked("random", BARE, dataset="bare", rules=ReviewRules(most_votes=2, votes_needed=2))
    assert make_queue(space, twice).n_pool == BARE
    label(space, first[:1], reviewer="bo", dataset="bare")
    assert first[0] not in make_queue(space, twice).object_ids
    diverse = made(space, asked("kcenter", 3, dataset="bare"))
    assert not set(diverse.object_ids) & set(first[:3])


def test_the_galaxies_that_are_liked_are_not_chosen(space, done):
    ids = list(read_catalogue(open_dataset(space, "bare"))["object_id"])[-2:]
    found = made(space, asked("like_this", 5, dataset="bare", like=tuple(ids)))
    assert not set(found.object_ids) & set(ids)
    with pytest.raises(NotFoundError, match="no object 'nobody'"):
        runs_needed(space, asked("like_this", 5, like=("nobody",)))


def test_a_selection_is_chosen_from(space, done):
    dataset = open_dataset(space, "sky")
    ids = list(read_catalogue(dataset)["object_id"])[5:15]
    save_selection(space, dataset, "odd ones", ids)
    found = make_queue(space, asked("random", 99, selection="odd ones"))
    assert set(found.object_ids) == set(ids)
    assert found.notes == ("There are only 10 galaxies to choose from.",)


def test_control_galaxies_stand_in_the_table(space, model, done):
    table = made(space, asked("margin", 20, model=model, control_share=0.25)).table()
    assert table["control"].sum() == 5


def test_sets_need_a_model_that_was_calibrated(space, model, done):
    from astro_core.workflows.queue_needs import model_info

    request = asked("set_size", 5, model=model)
    if "set_threshold" in next(iter(model_info(space, model).calibration.values()), {}):
        assert len(made(space, request).object_ids) == 5
    else:
        with pytest.raises(BadInputError, match="a model with a conformal threshold"):
            made(space, request)


def test_every_strategy_makes_a_queue(space, model, folds, done):
    for spec in ACQUISITIONS:
        if "set_threshold" in spec.needs:
            continue
        like = ("000003",) if "likes" in spec.needs else ()
        ids = read_catalogue(open_dataset(space, "sky"))["object_id"]
        request = asked(spec.name, 5, like=tuple(ids[:1]) if like else ())
        found = made(space, request)
        assert set(found.object_ids) <= set(ids)
        assert spec.selective or len(found.object_ids) == 5


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"strategy": "luck"}, "no way to choose galaxies named 'luck'"),
        ({"size": 0}, "from 1 on"),
        ({"control_share": 2.0}, "no share"),
        ({"seed": -1}, "no seed"),
        ({"strategy": "like_this"}, "needs a galaxy to be like"),
        ({"like": ("a",)}, "does not look for galaxies like another"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, said):
    with pytest.raises((BadInputError, NotFoundError), match=said):
        dataclasses.replace(asked("random"), **wrong)
