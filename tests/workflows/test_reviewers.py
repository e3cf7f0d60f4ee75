"""Who answered, and what a paper says of it."""

import pytest

from astro_core.domain import LabelEvent, Person
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows import review_queues
from astro_core.workflows.label_methods import methods_paragraph
from astro_core.workflows.labels import find_agreement, find_truth, votes_for, what_was_asked
from astro_core.workflows.reviewers import list_reviewers

FIRST = 587722981733826738
LEAD = Person(name="Lea")


def name(i):
    return str(FIRST + i)


def event(survey, i, reviewer, class_name="spiral", **more):
    if "question" in more or more.get("action", "label") in ("skip", "flag"):
        class_name = ""
    return LabelEvent(
        dataset=dataset_key(survey), object_id=name(i), reviewer=reviewer, class_name=class_name,
        **more,
    )  # fmt: skip


@pytest.fixture
def say(survey_space, survey):
    def said(*events):
        open_store(survey_space).append(event(survey, *e, **more) for *e, more in events)

    return said


def people(space, survey, question=""):
    votes = votes_for(space, survey, question)
    found = list_reviewers(space, survey, votes, taxonomy=survey.taxonomy, question=question)
    return found.set_index("reviewer")


def words(space, survey, rule="majority", question=""):
    truth = find_truth(space, survey, rule=rule, question=question)
    return methods_paragraph(space, survey, truth, find_agreement(space, survey, question=question))


def test_reviewers_are_counted_by_what_they_did(survey_space, survey, say):
    at = "2026-05-0{}T10:00:00Z".format
    say(
        (0, "ana", {"seconds": 2.0, "at": at(1)}), (1, "ana", {"seconds": 4.0, "at": at(3)}),
        (2, "ana", {"at": at(2), "batch_id": "x"}), (3, "ana", {"action": "skip", "at": at(2)}),
        (0, "bo", {"at": at(1)}), (1, "bo", "merger", {"at": at(1)}),
        (5, "cy", {"action": "flag", "at": at(1)}),
    )  # fmt: skip
    found = people(survey_space, survey)
    assert found.index.tolist() == ["ana", "bo", "cy"]
    counts = found[["n_votes", "n_bulk", "n_skips", "n_flags", "n_compared"]]
    assert counts.to_numpy().tolist() == [[3, 1, 1, 0, 2], [2, 0, 0, 0, 2], [0, 0, 0, 1, 0]]
    assert found.loc["ana", "seconds"] == 3.0
    assert found.loc["ana", "first"][:10] == "2026-05-01"
    assert found.loc["ana", "last"][:10] == "2026-05-03"
    assert found.loc["ana", "agreeing"] == 0.5
    assert 0 < found.loc["ana", "low"] < 0.5 < found.loc["ana", "high"] < 1
    assert found.loc["cy", ["agreeing", "low", "seconds"]].isna().all()


def test_reviewers_of_a_question_are_those_who_answered_it(survey_space, survey, say):
    question = survey.taxonomy.questions[0]
    say(
        (0, "ana", {}),
        (0, "bo", {"question": question.name, "answer": question.answers[0].name}),
    )
    assert people(survey_space, survey, question.name).index.tolist() == ["bo"]
    asked = what_was_asked(survey_space, survey)
    assert [(a.question, a.n_answers) for a in asked] == [("", 1), (question.name, 1)]


def test_what_was_asked_in_other_classes_stands_apart(survey_space, survey, say):
    say((0, "ana", {}), (1, "ana", {"taxonomy": "hubble"}), (0, "bo", {"taxonomy": "hubble"}))
    own, other = what_was_asked(survey_space, survey)
    assert (own.taxonomy.name, own.n_answers) == (survey.taxonomy.name, 1)
    assert (other.taxonomy.name, other.n_answers) == ("hubble", 2)


def test_the_paragraph_says_who_when_and_how(survey_space, survey, say):
    at = {"at": "2026-05-01T10:00:00Z", "model_id": "m", "suggested_class": "spiral"}
    say((0, "ana", at), (0, "bo", at), (1, "ana", at | {"shown": True}), (1, "bo", "merger", at))
    said = words(survey_space, survey)
    assert "2 reviewers gave 4 labels to 2 of the 60 galaxies" in said
    assert "(2.0 per galaxy) on 2026-05-01" in said
    assert "The classes were elliptical, spiral, merger and ring." in said
    assert "suggestion was shown for 1 of the answers" in said
    assert "combined by majority" in said
    assert "1 galaxy got a label, 1 is open." in said
    assert "handed out" not in said
    assert "in one go" not in said
    assert "Dawid & Skene (1979)" in words(survey_space, survey, "dawid-skene")


def test_the_paragraph_tells_the_rules_and_that_they_changed(survey_space, survey, say):
    say((0, "ana", {}), (0, "bo", {}))
    rules = ReviewRules(votes_needed=3, most_votes=7)
    queue = review_queues.start_review(
        survey_space, survey, [name(0), name(1)], made_by=LEAD, rules=rules
    )
    handed = "handed out by a queue until the first 3 answers agreed, else until there were 7"
    assert f"{handed}." in words(survey_space, survey)
    two = ReviewRules(votes_needed=2, most_votes=2)
    review_queues.change_rules(survey_space, queue, two, who=LEAD)
    assert "until 2 people had answered; the rules were changed once." in words(
        survey_space, survey
    )


def test_the_paragraph_of_a_question_quotes_it(survey_space, survey, say):
    question = survey.taxonomy.questions[0]
    say((0, "ana", {"question": question.name, "answer": question.answers[0].name}))
    said = words(survey_space, survey, question=question.name)
    assert f"The question was '{question.text}'" in said
    assert "One reviewer gave 1 answer to 1 of the 60 galaxies" in said
    assert "Agreement cannot be measured" in said
