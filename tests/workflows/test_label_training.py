"""People's labels in training: what changes with them, and what they can never change."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.classifiers.bundle import read_info
from astro_core.classifiers.settings import LABELS, TrainingParams
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import GalaxyClass, LabelEvent, Person, Taxonomy
from astro_core.errors import BadInputError, NotFoundError
from astro_core.figures.spent import spent
from astro_core.labels.consensus import CONSENSUS
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.runs import execute
from astro_core.workflows.folds import deal_folds
from astro_core.workflows.label_spending import spending
from astro_core.workflows.label_stock import label_stock
from astro_core.workflows.label_training import frozen, read_taught, teach, votes_words
from astro_core.workflows.taxonomies import save_taxonomy
from astro_core.workflows.train import submit_training
from astro_core.workflows.training_offer import offer
from astro_core.workflows.training_plan import plan_training, training_data
from astro_core.workspace import Workspace

FOREST = {"size_px": 16, "crop_px": 0, "n_estimators": 20}
WEIGHTED = TrainingParams(labels="weighted")
OTHER = {"left": "right", "right": "left"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """The spot of one class is on the left, that of the other on the right."""
    folder, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for number in range(120):
        kind = number % 2
        pixels = rng.integers(0, 60, (16, 16, 3)).astype(np.uint8)
        pixels[5:11, (2 if kind else 9) : (7 if kind else 14)] += 150
        path = folder / ("left" if kind else "right") / f"g{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path)
    return folder


@pytest.fixture
def sky(pictures, tmp_path):
    space = Workspace(tmp_path / "space").ensure()
    params = {"path": str(pictures), "name": "sky", "reader": "folders"}
    assert execute(space, "import", params, title="Import").state == "done"
    return space, open_dataset(space, "sky")


def say(sky, labels, reviewer="ada", taxonomy=""):
    space, dataset = sky
    key = dataset_key(dataset)
    open_store(space).append(
        LabelEvent(dataset=key, object_id=i, reviewer=reviewer, class_name=said, taxonomy=taxonomy)
        for i, said in labels.items()
    )


def catalogue(sky):
    return read_catalogue(sky[1], ["object_id", "label", "split"]).set_index("object_id")


def swapped(sky):
    return catalogue(sky)["label"].map(OTHER)


def trained(space, **settings):
    params = {"dataset": "sky", "recipe": "astrodetector-forest", "settings": FOREST | settings}
    run = execute(space, "train", params, title="Train")
    assert run.state == "done", run.error
    return run, pd.read_parquet(space.runs / run.run_id / "predictions.parquet")


def dealt(sky, **settings):
    ok = np.ones(sky[1].n_objects, dtype=bool)
    return training_data(sky[1], plan_training("astrodetector-forest", settings), ok)


def test_what_people_say_changes_what_is_learned(sky):
    say(sky, swapped(sky))
    as_came, by_people = (trained(sky[0], labels=labels) for labels in ("catalogue", "majority"))
    for (run, answers), truth in ((as_came, catalogue(sky)["label"]), (by_people, swapped(sky))):
        test = answers[answers["part"] == "test"]
        said = np.where(test["p_left"] > 0.5, "left", "right")
        assert (said == test["object_id"].map(truth)).mean() > 0.9
        assert run.result["scores"]["test"]["accuracy"] > 0.9
    assert "labels" not in as_came[0].result


def test_a_test_galaxy_that_is_labelled_never_enters_training(sky):
    split = catalogue(sky)["split"]
    test = set(split.index[split == "test"])
    say(sky, swapped(sky))
    for labels in LABELS:
        parts = dealt(sky, labels=labels).table.set_index("object_id")["part"]
        assert set(parts.index[parts == "test"]) == test
        for seed in range(3):
            plan = plan_training("astrodetector-forest", {"labels": labels, "seed": seed})
            _folds, deals = deal_folds(sky[1], plan, np.ones(120, dtype=bool), 4)
            for deal in deals:
                used = deal.table["object_id"][deal.table["part"] != ""]
                assert not test & set(used)
    run, answers = trained(sky[0], labels="majority")
    assert set(answers.loc[answers["part"] == "test", "object_id"]) == test
    assert run.result["scores"]["test"]["n"] == len(test)
    told = run.result["labels"]
    assert told["votes_by_part"]["test"] == len(test)
    assert sum(told["votes_by_part"].values()) == told["n_votes"] == 120


def test_labels_move_nobody_from_part_to_part(sky):
    before = dealt(sky).table["part"]
    say(sky, swapped(sky)[::3])
    assert (dealt(sky, labels="people+catalogue").table["part"] == before).all()
    few = dealt(sky, labels="majority")
    assert few.known.sum() == 40
    assert (few.table["part"] == before).all()


def test_people_come_first_and_doubted_galaxies_are_left_out(sky):
    ids = catalogue(sky).index
    doubted, said, silent = ids[::40], ids[1::3], ids[2::3]
    say(sky, swapped(sky)[[*doubted, *said.difference(doubted)]])
    say(sky, catalogue(sky)["label"][doubted], reviewer="bo")
    said, silent = said.difference(doubted), silent.difference(doubted)
    labels = dealt(sky, labels="people+catalogue").table.set_index("object_id")["label"]
    assert labels[doubted].isna().all()
    assert (labels[said] == swapped(sky)[said]).all()
    assert (labels[silent] == catalogue(sky)["label"][silent]).all()
    assert dealt(sky, labels="majority").known.sum() == len(said)


def test_a_run_keeps_what_it_was_taught(sky, tmp_path):
    say(sky, swapped(sky))
    first = frozen(tmp_path, sky[1], WEIGHTED)
    say(sky, catalogue(sky)["label"], reviewer="bo")
    say(sky, catalogue(sky)["label"], reviewer="cy")
    now = teach(sky[1], WEIGHTED)
    again = frozen(tmp_path, sky[1], WEIGHTED)
    assert again.about == first.about
    assert again.about["reviewers"] == {"ada": 120}
    assert again.about["revision"] < now.about["revision"]
    pd.testing.assert_frame_equal(again.table, first.table)
    assert now.about["digest"] != first.about["digest"]
    assert now.about["reviewers"] == {"ada": 120, "bo": 120, "cy": 120}


def test_the_run_and_its_card_say_whose_labels_these_are(sky):
    say(sky, swapped(sky))
    run, _ = trained(sky[0], labels="dawid-skene")
    folder = sky[0].runs / run.run_id
    taught = read_taught(folder)
    assert (taught.about["rule"], taught.about["n_votes"]) == ("dawid-skene", 120)
    assert votes_words(taught.about) == "120 votes of 1 person"
    assert len(taught.table) == 120
    assert read_info(folder / "bundle").training["labels"]["n_labelled"] == 120
    card = next((folder / "bundle").glob("*.md")).read_text()
    assert "120 votes of 1 people" in card


def test_what_cannot_be_taught_is_refused_before_it_starts(sky):
    with pytest.raises(BadInputError, match="has no labels"):
        submit_training(sky[0], "sky", "astrodetector-forest", FOREST | {"labels": "majority"})
    say(sky, swapped(sky))
    with pytest.raises(BadInputError, match="learns vote fractions"):
        submit_training(sky[0], "sky", "votes-cnn", {"labels": "majority"})
    with pytest.raises(BadInputError):
        plan_training("fork", {"labels": "loudest"})


def test_a_survey_can_be_taught_classes_of_ones_own(sky):
    own = Taxonomy(name="Odd", classes=(GalaxyClass(name="odd"), GalaxyClass(name="plain")))
    save_taxonomy(*sky, own, by=Person(name="Lea"))
    ids = catalogue(sky).index
    said = dict(zip(ids, ["odd", "plain"] * 60, strict=True))
    say(sky, said, taxonomy="Odd")
    say(sky, swapped(sky), reviewer="bo", taxonomy=sky[1].taxonomy.name)
    heads = dealt(sky, labels="majority", taxonomy="Odd").heads
    assert heads[0].outputs == ("odd", "plain")
    assert dealt(sky, labels="majority").heads[0].outputs == ("left", "right")
    run, answers = trained(sky[0], labels="majority", taxonomy="Odd")
    assert {"p_odd", "p_plain"} <= set(answers)
    assert (answers["label"] == answers["object_id"].map(said)).all()
    kept = read_taught(sky[0].runs / run.run_id)
    assert (kept.taxonomy.name, kept.taxonomy.class_names) == ("Odd", ("odd", "plain"))
    with pytest.raises(NotFoundError, match="no classes named"):
        dealt(sky, labels="majority", taxonomy="Even")


def test_every_rule_teaches_but_the_one_that_a_model_is_part_of():
    assert set(CONSENSUS.names()) - set(LABELS) == {"crowdlab"}


def test_a_class_without_a_galaxy_to_train_on_is_left_out_until_it_has_one(sky):
    own = Taxonomy(name="Odd", classes=tuple(GalaxyClass(name=n) for n in ("a", "b", "c")))
    save_taxonomy(*sky, own, by=Person(name="Lea"))
    split = catalogue(sky)["split"]
    train, test = split.index[split == "train"], split.index[split == "test"]
    rest = split.index[split == "validation"]
    said = {i: "ab"[n % 2] for n, i in enumerate([*train, *rest])} | dict.fromkeys(test, "c")
    say(sky, said, taxonomy="Odd")
    data = dealt(sky, labels="majority", taxonomy="Odd")
    assert data.heads[0].outputs == ("a", "b")
    assert len(data.rows("test")) == 0
    objects = teach(sky[1], TrainingParams(labels="majority", taxonomy="Odd")).table
    stock = label_stock(sky[1], objects)
    assert (stock.n_to_learn, stock.n_to_test) == (120 - len(test), len(test))
    assert stock.unlearned == ("c",)


def test_an_offer_tells_what_people_teach(sky):
    told = offer(sky[1], "fork", 0, labels="majority")
    assert "has no labels" in told.problem
    assert "no classes named" in offer(sky[1], "fork", 0, labels="majority", taxonomy="x").problem
    say(sky, swapped(sky)[::2])
    told = offer(sky[1], "fork", 0, labels="majority")
    assert told.parts.to_numpy().sum() == 60
    assert offer(sky[1], "fork", 0).parts.to_numpy().sum() == 120


def test_a_class_whose_mirror_image_nobody_named_is_no_offer(sky):
    names, mirror = ("round", "left", "right"), {"left": "right", "right": "left"}
    classes = tuple(GalaxyClass(name=name) for name in names)
    save_taxonomy(*sky, Taxonomy(name="Hands", classes=classes, mirror=mirror), by=Person(name="L"))
    say(sky, swapped(sky).replace("right", "round"), taxonomy="Hands")
    told = offer(sky[1], "fork", 0, labels="majority", taxonomy="Hands")
    assert told.problem == "'left' has no galaxy of its mirror image, 'right', to learn from"


def test_labels_spent_are_set_against_one_score_on_the_same_galaxies(sky):
    space, dataset = sky
    assert spending(space, dataset) == ()
    say(sky, swapped(sky)[::4])  # 30 wrong ones
    wrong, _ = trained(space, labels="majority")
    say(sky, catalogue(sky)["label"])  # the reviewer says it right at last
    right, _ = trained(space, labels="majority")
    plain, _ = trained(space)
    (found,) = spending(space, dataset)
    assert (found.recipe, found.labels, found.truth) == (
        "astrodetector-forest", "majority", "catalogue",
    )  # fmt: skip
    test = catalogue(sky)["split"].eq("test").sum()
    assert found.n == test
    assert found.points["run_id"].tolist() == [wrong.run_id, right.run_id]
    assert (found.points["votes"] + found.points["votes_on_test"]).tolist() == [30, 120]
    assert found.points["votes_on_test"].iloc[1] == test
    assert found.points["score"].iloc[0] < 0.3 < 0.9 < found.points["score"].iloc[1]
    assert (found.points["low"] <= found.points["score"]).all()
    assert (found.points["score"] <= found.points["high"]).all()
    assert found.by_catalogue == plain.result["scores"]["test"]["balanced_accuracy"]
    figure = spent(found.points, n=found.n, by_catalogue=found.by_catalogue)
    assert list(figure.data[0].customdata) == [wrong.run_id, right.run_id]
    assert "up from" in figure.layout.title.text
    assert f"n = {test}" in figure.layout.title.text


def test_classes_that_the_catalogue_does_not_know_are_judged_by_people(sky):
    space, dataset = sky
    own = Taxonomy(name="Odd", classes=(GalaxyClass(name="odd"), GalaxyClass(name="plain")))
    save_taxonomy(space, dataset, own, by=Person(name="Lea"))
    said = catalogue(sky)["label"].map({"left": "odd", "right": "plain"})
    say(sky, said, taxonomy="Odd")
    trained(space, labels="majority", taxonomy="Odd")
    (found,) = spending(space, dataset)
    assert (found.truth, found.by_catalogue) == ("people", None)
    assert found.points["score"].item() > 0.9
