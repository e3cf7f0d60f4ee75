"""A new order for a queue, asked for on the page."""

import pytest
from reading import named, said

from astro_core import runs
from astro_core.domain import Person
from astro_core.workflows.review_queues import start_review

IDS = [f"pictures-{n:03d}" for n in range(8)]


@pytest.fixture(autouse=True)
def own_database(monkeypatch):
    monkeypatch.delenv("TUNINGFORK_DATABASE", raising=False)


@pytest.fixture
def submitted(monkeypatch):
    asked = []
    monkeypatch.setattr(
        runs, "submit", lambda _, kind, params, **_title: asked.append((kind, params))
    )
    return asked


@pytest.fixture
def survey(make_survey):
    return make_survey()


@pytest.fixture
def queue(space, survey):
    return start_review(space, survey, IDS, made_by=Person(name="Lea"))


def look(open_page, queue, who="Lea"):
    session = {"who:name": who}
    return open_page("review.py", session=session, dataset="pictures", view="queues", queue=queue)


def test_a_lead_asks_for_it(open_page, survey, queue, plant_training, submitted):
    assert "none was trained here yet" in said(look(open_page, queue))
    plant_training(survey, recipe="votes-cnn")
    assert "none was trained here yet" in said(look(open_page, queue))
    model = plant_training(survey)
    page = look(open_page, queue)
    assert named(page.selectbox, "First").value == "margin_drawn"
    named(page.selectbox, "First").set_value("entropy").run()
    named(page.button, "New order").click().run()
    assert submitted == [
        (
            "rerank",
            {"dataset": "pictures", "queue": queue, "strategy": "entropy", "who": "Lea",
             "model": model},
        )
    ]  # fmt: skip


def test_nobody_else_does(open_page, survey, queue, plant_training, monkeypatch):
    plant_training(survey)
    reviewer = Person(name="Rea", role="reviewer", signed_in=True)
    monkeypatch.setattr("astro_core.ui.who.ask", lambda: reviewer)
    assert named(look(open_page, queue).button, "New order").disabled
