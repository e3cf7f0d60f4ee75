"""Conflicts are gathered, settled by a lead alone, and settled again or opened anew."""

import pytest

from astro_core.domain import LabelEvent, Person
from astro_core.errors import BadInputError, ForbiddenError, NotFoundError
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows import conflicts
from astro_core.workflows.labels import find_truth, votes_for

FIRST = 587722981733826738
LEAD = Person(name="Lea")
ANA = Person(name="Ana", role="reviewer")
SAID = {
    0: {"ana": "spiral", "bo": "elliptical"},
    1: {"ana": "spiral", "bo": "spiral", "cy": "elliptical"},
    2: {"ana": "spiral", "bo": "spiral"},
    3: {"ana": "spiral", "bo": "elliptical", "cy": "merger"},
}


def name(i):
    return str(FIRST + i)


def event(survey, i, reviewer, class_name="", **more):
    return LabelEvent(
        dataset=dataset_key(survey), object_id=name(i), reviewer=reviewer, class_name=class_name,
        **more,
    )  # fmt: skip


@pytest.fixture
def contested(survey_space, survey):
    """Four galaxies with votes; gathers what is contested among them."""
    store = open_store(survey_space)
    store.append(event(survey, i, who, c) for i, said in SAID.items() for who, c in said.items())

    def gather():
        objects = find_truth(survey_space, survey).objects
        return conflicts.find_contested(
            survey_space,
            survey,
            votes_for(survey_space, survey),
            objects,
            taxonomy=survey.taxonomy,
        )

    return gather


def settle(space, survey, *numbers, said="spiral", by=LEAD, **more):
    ids = [name(i) for i in numbers]
    return conflicts.settle(space, survey, ids, said, by=by, taxonomy=survey.taxonomy, **more)


def test_ties_are_open_and_outvoted_answers_are_disputed(contested):
    found = contested()
    assert found.open == (name(3), name(0))  # the most votes first
    assert found.disputed == (name(1),)
    assert found.flagged == found.settled == ()


def test_a_lead_settles_and_it_is_recorded(survey_space, survey, contested):
    assert len(settle(survey_space, survey, 0, comment="faint arms")) == 1
    found = contested()
    assert (found.open, found.settled) == ((name(3),), (name(0),))
    row = find_truth(survey_space, survey).objects.set_index("object_id").loc[name(0)]
    assert (row["label"], row["status"]) == ("spiral", "settled")
    *_, last = open_store(survey_space).events(dataset_key(survey))
    assert (last.action, last.reviewer, last.comment) == ("settle", "Lea", "faint arms")
    assert (last.taxonomy, last.fingerprint) == (survey.taxonomy.name, survey.fingerprint)


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_nobody_else_settles_undoes_or_opens(survey_space, survey, contested, role):
    settle(survey_space, survey, 0)
    before = open_store(survey_space).revision(dataset_key(survey))
    other = Person(name="Ana", role=role)
    for act in (
        lambda: settle(survey_space, survey, 3, by=other),
        lambda: conflicts.undo_settling(survey_space, survey, by=other),
        lambda: conflicts.reopen(survey_space, survey, name(0), taxonomy=survey.taxonomy, by=other),
    ):
        with pytest.raises(ForbiddenError, match="settle conflicts"):
            act()
    assert open_store(survey_space).revision(dataset_key(survey)) == before


def test_what_is_no_class_or_no_galaxy_settles_nothing(survey_space, survey, contested):
    with pytest.raises(BadInputError, match="'cigar'"):
        settle(survey_space, survey, 0, said="cigar")
    with pytest.raises(NotFoundError, match="gone"):
        conflicts.settle(
            survey_space, survey, [name(0), "gone"], "spiral", by=LEAD, taxonomy=survey.taxonomy
        )
    assert contested().settled == ()


def test_undo_takes_the_last_back_and_all_of_one_go(survey_space, survey, contested):
    settle(survey_space, survey, 1)
    settle(survey_space, survey, 0, 3)
    assert contested().open == ()
    back = conflicts.undo_settling(survey_space, survey, by=LEAD)
    assert sorted(e.object_id for e in back) == [name(0), name(3)]
    assert contested().settled == (name(1),)
    assert len(conflicts.undo_settling(survey_space, survey, by=LEAD)) == 1
    assert conflicts.undo_settling(survey_space, survey, by=LEAD) == ()


def test_another_lead_opens_a_settled_galaxy_anew(survey_space, survey, contested):
    settle(survey_space, survey, 0)
    settle(survey_space, survey, 0, said="merger", by=Person(name="Lev"))
    (row,) = (
        find_truth(survey_space, survey).objects.query("status == 'settled'").to_dict("records")
    )
    assert row["label"] == "merger"
    back = conflicts.reopen(survey_space, survey, name(0), taxonomy=survey.taxonomy, by=LEAD)
    assert [e.reviewer for e in back] == ["Lea", "Lev"]
    assert name(0) in contested().open


def test_who_said_what_is_told_with_flags_but_not_other_questions(survey_space, survey, contested):
    store = open_store(survey_space)
    store.append(
        [
            event(survey, 0, "bo", action="flag", comment="two nuclei"),
            event(survey, 0, "bo", question="bar", answer="yes"),
        ]
    )
    assert contested().flagged == (name(0),)
    told = conflicts.who_said_what(
        survey_space, survey, [name(0), name(9)], taxonomy=survey.taxonomy
    )
    assert [(e.reviewer, e.said, e.comment) for e in told[name(0)]] == [
        ("ana", "spiral", ""), ("bo", "elliptical", ""), ("bo", "", "two nuclei"),
    ]  # fmt: skip
    assert told[name(9)] == ()
    told = conflicts.who_said_what(
        survey_space, survey, [name(0)], taxonomy=survey.taxonomy, question="bar"
    )
    assert sorted(e.said for e in told[name(0)]) == ["", "yes"]
