"""Others' answers are hidden until one's own is given, and only as long as somebody is asked."""

import pandas as pd
import pytest

from astro_core.domain import LabelEvent, Person
from astro_core.errors import BadInputError
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows.blind import blind_for, said_of, unseen
from astro_core.workflows.label_export import export_labels
from astro_core.workflows.review_queues import start_review

FIRST = 587722981733826738
ADA, BO = Person(name="ada"), Person(name="bo")
OPEN, CLOSED, NEVER_ASKED = (str(FIRST + n) for n in (1, 2, 3))


@pytest.fixture
def say(survey_space, survey):
    """Stores what somebody said and returns the events."""

    def said(reviewer, *object_ids, **more):
        more = {"class_name": "spiral", "taxonomy": survey.taxonomy.name} | more
        events = [
            LabelEvent(dataset=dataset_key(survey), object_id=i, reviewer=reviewer, **more)
            for i in object_ids
        ]
        open_store(survey_space).append(events)
        return events

    return said


@pytest.fixture
def asked(survey_space, survey, say):
    """Two votes are wanted; on one galaxy they were given, on one is one, one is in no queue."""
    rules = ReviewRules(votes_needed=2, most_votes=2)
    start_review(survey_space, survey, [OPEN, CLOSED], made_by=ADA, rules=rules)
    say("ada", OPEN, CLOSED, NEVER_ASKED)
    say("cy", CLOSED, class_name="merger")


def seen(space, survey, person, object_id):
    said = said_of(space, survey, person, [object_id])
    return sorted(said.rows["reviewer"]), said.n_hidden


def test_who_has_not_answered_does_not_see(survey_space, survey, asked):
    assert seen(survey_space, survey, BO, OPEN) == ([], 1)
    assert seen(survey_space, survey, None, OPEN) == ([], 1)
    assert seen(survey_space, survey, ADA, OPEN) == (["ada"], 0)
    assert seen(survey_space, survey, BO, CLOSED) == (["ada", "cy"], 0)
    assert seen(survey_space, survey, BO, NEVER_ASKED) == (["ada"], 0)
    assert unseen(survey_space, survey, BO) == {OPEN}
    assert unseen(survey_space, survey, ADA) == frozenset()
    assert said_of(survey_space, survey, BO, [str(FIRST + 9)]) is None


def test_ones_own_answer_opens_and_undo_closes_again(survey_space, survey, asked, say):
    rules = ReviewRules(votes_needed=3, most_votes=3)
    start_review(survey_space, survey, [OPEN], made_by=ADA, rules=rules)
    say("bo", OPEN, class_name="", action="skip")
    assert seen(survey_space, survey, BO, OPEN) == (["bo"], 1)
    say("bo", OPEN, class_name="merger")
    assert seen(survey_space, survey, BO, OPEN) == (["ada", "bo"], 0)
    open_store(survey_space).undo(dataset_key(survey), "bo")
    assert seen(survey_space, survey, BO, OPEN) == (["bo"], 1)


def test_an_answer_to_one_question_opens_that_question(survey_space, survey, say):
    rules = ReviewRules(votes_needed=3, most_votes=3)
    start_review(survey_space, survey, [OPEN], made_by=ADA, rules=rules)
    one, two = survey.taxonomy.questions[:2]
    tree = {"class_name": ""}
    for question in (one, two):
        say("ada", OPEN, question=question.name, answer=question.answers[0].name, **tree)
    say("ada", OPEN, action="flag", **tree)
    say("bo", OPEN, question=one.name, answer=one.answers[1].name, **tree)
    rows = said_of(survey_space, survey, BO, [OPEN]).rows
    others = rows[rows["reviewer"] == "ada"]
    assert set(zip(others["kind"], others["question"], strict=True)) == {
        ("answer", one.name),
        ("flag", ""),
    }


def test_an_answer_with_other_classes_opens_nothing(survey_space, survey, asked, say):
    say("bo", OPEN, taxonomy="some other classes")
    assert seen(survey_space, survey, BO, OPEN) == (["bo"], 1)


def test_an_export_leaves_out_what_its_reader_may_not_see(survey_space, survey, asked, tmp_path):
    out = tmp_path / "labels.csv"
    assert export_labels(survey_space, survey, out, seen_by=BO) == 3
    assert OPEN not in set(pd.read_csv(out, dtype=str)["object_id"])
    assert export_labels(survey_space, survey, out, seen_by=ADA) == 4
    assert export_labels(survey_space, survey, out) == 4


def test_an_export_with_nothing_to_see_says_so(survey_space, survey, say, tmp_path):
    start_review(
        survey_space, survey, [OPEN], made_by=ADA, rules=ReviewRules(votes_needed=2, most_votes=2)
    )
    say("ada", OPEN)
    with pytest.raises(BadInputError, match="no labels"):
        export_labels(survey_space, survey, tmp_path / "labels.csv", seen_by=BO)
    assert not (tmp_path / "labels.csv").exists()


def test_many_galaxies_are_looked_up_in_parts(survey_space, survey, asked):
    ids = [str(FIRST + n) for n in range(1200)]
    assert blind_for(survey_space, survey, BO, ids) == blind_for(survey_space, survey, BO)
