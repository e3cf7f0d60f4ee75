"""A dataset with labels and votes: one trunk learns both, each head is judged by itself."""

import numpy as np
import pandas as pd
import pytest

from astro_core.classifiers.bundle import load_bundle, read_info
from astro_core.datasets.catalogue import catalogue_path
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows import evaluation_views as views
from astro_core.workflows.evaluate import evaluate
from astro_core.workflows.train import submit_training
from astro_core.workflows.training_answers import answers
from astro_core.workflows.training_offer import offer
from astro_core.workflows.training_plan import plan_training, training_data
from astro_core.workflows.training_state import training_state

TINY = {"size_px": 16, "crop_px": 0, "epochs": 2, "batch_size": 16, "width": 4, "stages": 2,
        "views": 1}  # fmt: skip
TINY_STACK = {"size_px": 16, "crop_px": 0}


@pytest.fixture
def run(survey_space, survey):
    params = {"dataset": survey.name, "recipe": "fork", "settings": TINY}
    done = execute(survey_space, "train", params, title="Train")
    assert done.state == "done", done.error
    return done


def test_classes_and_votes_come_from_one_trunk(survey_space, survey, run):
    folder = survey_space.runs / run.run_id
    info = read_info(folder / "bundle")
    assert [head.name for head in info.heads] == ["label", "votes"]
    table = pd.read_parquet(folder / "predictions.parquet")
    classes, voted = info.heads
    p = table[[f"p_{name}" for name in classes.outputs]].to_numpy()
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)
    assert set(voted.outputs) | {f"true_{name}" for name in voted.outputs} <= set(table.columns)
    bundle = load_bundle(folder / "bundle")
    model = bundle.model.get_layer("embedding")
    assert set(bundle.model.output) == {"label", "votes"}
    assert model.output.shape[1] == 2 * 8


def test_every_head_is_judged_by_the_galaxies_that_it_has(survey_space, run):
    by_classes = evaluate(survey_space, run.run_id)
    by_votes = evaluate(survey_space, run.run_id, head="votes")
    assert by_classes.head.name == "label"
    told = run.result["scores"]["test"]
    assert told["n"] == by_classes.scores()["n"]
    assert told["balanced_accuracy"] == pytest.approx(by_classes.scores()["balanced_accuracy"])
    assert told["n_votes"] == by_votes.scores()["n"] < told["n"]
    assert told["rmse"] == pytest.approx(by_votes.scores()["rmse"], abs=1e-6)
    with pytest.raises(NotFoundError, match="no head 'colour'"):
        evaluate(survey_space, run.run_id, head="colour")


def test_pages_read_each_head(survey_space, survey, run):
    assert [h.kind for h in views.heads_of(survey_space, run.run_id)] == ["classes", "votes"]
    found = views.judged(survey_space, run.run_id, "test")
    assert found.classes == ("elliptical", "spiral", "merger")
    assert views.judged(survey_space, run.run_id, "test", "votes") is None
    voted = views.judged_votes(survey_space, run.run_id, "test", "votes")
    assert voted.head.name == "votes"
    assert answers(survey_space, run.run_id).classes == found.classes
    state = training_state(survey_space, run.run_id)
    assert {"label_accuracy", "votes_mae", "loss"} <= set(state.history)
    counted = state.parts.loc["spiral"].sum()
    assert counted == survey.class_counts["spiral"]


def test_an_offer_says_what_would_be_learned(survey):
    told = offer(survey, "fork", 0)
    assert [head.name for head in told.heads] == ["label", "votes"]
    assert [head.name for head in offer(survey, "fork-votes", 0).heads] == ["votes"]
    assert [head.name for head in offer(survey, "galaxy10-simple", 0).heads] == ["label"]


def test_what_only_has_one_gives_one_head(survey, monkeypatch):
    from astro_core.workflows import training_plan

    plan, ok = plan_training("fork", {}), np.ones(survey.n_objects, dtype=bool)
    whole = training_plan.read_catalogue(survey)
    columns = list(survey.taxonomy.vote_columns)

    def heads(catalogue):
        monkeypatch.setattr(training_plan, "read_catalogue", lambda _: catalogue)
        return [head.name for head in training_data(survey, plan, ok).heads]

    assert heads(whole.assign(**dict.fromkeys(columns, np.nan))) == ["label"]
    assert heads(whole.drop(columns=columns)) == ["label"]
    assert heads(whole.assign(label=None)) == ["votes"]
    assert heads(whole.assign(label="spiral")) == ["votes"]
    with pytest.raises(BadInputError, match="at least two classes"):
        heads(whole.assign(label=None).drop(columns=columns))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["spiral", "spiral", "spiral"], "at least two classes"),
        (["spiral", "ring", "ring"], "not of two classes"),
        (["spiral", None, "ring"], "in the validation part"),
        ([None, "ring", "spiral"], "in the train part"),
        ([None, None, None], "no labelled galaxy"),
    ],
    ids=["one class", "one class to learn from", "no validation", "nothing to learn", "nothing"],
)
def test_what_nothing_can_be_learned_from_is_refused_before_a_run(
    survey_space, survey, monkeypatch, labels, said
):
    """Galaxy i is in part i % 3: train, validation or test."""
    from astro_core.workflows import training_plan

    whole = training_plan.read_catalogue(survey)
    changed = whole.assign(label=[labels[i % 3] for i in range(len(whole))])
    monkeypatch.setattr(training_plan, "read_catalogue", lambda _: changed)
    with pytest.raises(BadInputError, match=said):
        submit_training(survey_space, survey.name, "galaxy10-simple", TINY_STACK)
    assert not list(survey_space.runs.iterdir())


def test_votes_without_counts_have_no_likelihood(survey_space, survey):
    for recipe in ("fork", "fork-votes"):
        with pytest.raises(BadInputError, match="needs counts of votes"):
            submit_training(
                survey_space, survey.name, recipe, TINY | {"vote_loss": "dirichlet-multinomial"}
            )


def test_counts_of_votes_teach_concentrations(survey_space, survey):
    path = catalogue_path(survey)
    pd.read_parquet(path).assign(total_classifications=40).to_parquet(path)
    settings = TINY | {"vote_loss": "dirichlet-multinomial", "vote_weight": 0.1}
    params = {"dataset": survey.name, "recipe": "fork", "settings": settings}
    done = execute(survey_space, "train", params, title="Train")
    assert done.state == "done", done.error
    folder = survey_space.runs / done.run_id
    head = read_info(folder / "bundle").head("votes")
    assert head.concentrations
    table = pd.read_parquet(folder / "predictions.parquet")
    for places in head.questions:
        names = [head.outputs[place] for place in places]
        np.testing.assert_allclose(table[names].sum(axis=1), 1, atol=1e-5)
    raw = load_bundle(folder / "bundle").model.predict_on_batch(np.zeros((1, 16, 16, 3)))["votes"]
    assert raw.min() >= 1
