"""One's own record without a browser."""

import pytest
from reading import said

from astro_core.domain import LabelEvent
from astro_core.labels.store import open_store

IDS = [f"pictures-{n:03d}" for n in range(24)]


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 24)


@pytest.fixture
def see(survey, open_page):
    session = {"who:name": "Ada"}
    return lambda: open_page("review.py", session=session, dataset="pictures", view="record")


def test_it_says_what_it_will_show_before_the_first_answer(see):
    assert "begins with your first answer" in said(see())


def test_numbers_come_with_their_n_and_the_last_answers_can_be_opened(space, survey, see):
    for who, n in (("Ada", 12), ("Bo", 5)):
        open_store(space).append(
            LabelEvent(
                dataset=survey.folder.name, object_id=i, reviewer=who, class_name="spiral",
                taxonomy=survey.taxonomy.name, seconds=3.0,
            )
            for i in IDS[:n]
        )  # fmt: skip
    test = see()
    numbers = {one.label: one.value for one in test.metric}
    assert numbers["Galaxies answered"] == "12"
    assert numbers["Same as the others"].startswith("100% [57")
    assert numbers["Right on gold"] == "none yet"
    assert numbers["Median time"] == "3.0 s"
    assert "Your last 12" in said(test)
    assert len(test.get("plotly_chart")) == 2
