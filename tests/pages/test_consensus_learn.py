"""Learning from what people said, on the page: who may, what is asked for, what it bought."""

import pytest
from reading import named, said

from astro_core import runs
from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import LabelEvent, Person
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows import retrain
from astro_core.workflows.rerank import USUAL
from astro_core.workflows.review_queues import start_review


@pytest.fixture(autouse=True)
def own_database(monkeypatch):
    monkeypatch.delenv("TUNINGFORK_DATABASE", raising=False)


@pytest.fixture
def submitted(monkeypatch):
    asked = []

    def submit(workspace, kind, params, *, title):
        asked.append((kind, params))
        return f"asked-{len(asked)}"

    monkeypatch.setattr(runs, "submit", submit)
    return asked


@pytest.fixture
def survey(make_survey):
    return make_survey(n=60, validation=True)


@pytest.fixture
def rows(survey):
    return read_catalogue(survey, ["object_id", "label", "split"]).dropna(subset=["label"])


@pytest.fixture
def labelled(space, survey, rows):
    """Everything that has a label in the catalogue has it by Ana too."""
    open_store(space).append(
        LabelEvent(
            dataset=dataset_key(survey), object_id=row.object_id, reviewer="Ana",
            class_name=row.label, taxonomy=survey.taxonomy.name,
        )
        for row in rows.itertuples()
    )  # fmt: skip
    return survey


@pytest.fixture
def see(open_page, survey):
    def opened(*, who="Lea", **query):
        session = {"who:name": who}
        return open_page(
            "consensus.py", session=session, dataset=survey.name, view="learn", **query
        )

    return opened


def test_it_tells_what_is_learned_from_and_what_only_judges(see, labelled, rows):
    test = int(rows["split"].eq("test").sum())
    told = said(see())
    assert f"**{len(rows) - test:,} galaxies to learn from.** {test:,} more" in told
    assert "Here stands how good models become" in told


def test_one_press_asks_for_the_training_and_the_new_order(
    see, labelled, space, rows, plant_training, submitted, monkeypatch
):
    how = {"": ("fork", {})}
    monkeypatch.setattr(retrain, "trained_how", lambda _, model: how[model])
    model = plant_training(labelled, settings={"size_px": 32})
    how[model] = ("galaxy10-simple", {"size_px": 32})
    ids = read_catalogue(labelled, ["object_id"])["object_id"]
    left = ids[~ids.isin(rows["object_id"])].tolist()
    queue = start_review(space, labelled, left, made_by=Person(name="Lea"), name="Odd")
    page = see()
    named(page.button, "Retrain").click().run()
    ((kind, params),) = submitted
    assert kind == "train"
    assert params["recipe"] == "galaxy10-simple"
    assert params["settings"]["labels"] == "majority"
    assert params["settings"]["size_px"] == 32
    assert named(page.selectbox, "Train as").value == model
    asked = {"dataset": labelled.name, "queue": queue, "strategy": USUAL, "who": "Lea"}
    assert (params["then"]["kind"], params["then"]["params"]) == ("rerank", asked)


def test_the_chart_sets_labels_against_the_score(see, labelled, plant_training, space):
    run_id = plant_training(labelled, settings={"labels": "majority"})
    give_labels(space, run_id, votes={"train": 30, "test": 5})
    page = see()
    assert "All judged anew on the same" in said(page)
    assert "catalogue's classes" in said(page)
    assert page.get("plotly_chart")


def test_a_problem_stands_on_the_page(see, space, survey, rows, submitted):
    row = rows.iloc[0]
    event = LabelEvent(
        dataset=dataset_key(survey), object_id=row.object_id, reviewer="Ana",
        class_name=row.label, taxonomy=survey.taxonomy.name,
    )  # fmt: skip
    open_store(space).append([event])
    page = see()
    named(page.button, "Retrain").click().run()
    assert not submitted
    assert any("at least two classes" in error.value for error in page.error)


def test_scores_say_that_people_are_the_truth(labelled, plant_training, space, open_page, html_of):
    run_id = plant_training(labelled, settings={"labels": "majority"})
    give_labels(space, run_id, votes={"train": 30})
    page = open_page("train.py", dataset=labelled.name, run=run_id)
    assert "<b>30 votes of 2 people</b><span>labels: majority" in html_of(page)


def give_labels(space, run_id, votes):
    """Tell in a planted result what the training was taught."""
    from astro_core.workspace import read_json, write_json

    path = space.runs / run_id / "result.json"
    told = read_json(path)
    about = {
        "labels": "majority", "rule": "majority", "taxonomy": "pictures", "taxonomy_version": 1,
        "votes_by_part": votes, "digest": "x", "n_votes": sum(votes.values()),
        "reviewers": {"Ana": 20, "Bo": 10},
    }  # fmt: skip
    write_json(path, told | {"labels": about, "n_train": 20})


def test_who_is_no_lead_may_not(see, labelled, monkeypatch):
    reviewer = Person(name="Rea", role="reviewer", signed_in=True)
    monkeypatch.setattr("astro_core.ui.who.ask", lambda: reviewer)
    assert named(see().button, "Retrain").disabled
