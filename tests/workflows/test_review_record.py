"""A person's own record: known answers give known numbers."""

import pytest

from astro_core.domain import LabelEvent, Person
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows.gold import known_classes
from astro_core.workflows.review_queues import start_review
from astro_core.workflows.review_record import own_record

FIRST = 587722981733826738
IDS = [str(FIRST + n) for n in range(20)]


@pytest.fixture
def say(survey_space, survey):
    def one(who, number, said="spiral", day=1, **more):
        event = LabelEvent(
            dataset=dataset_key(survey), object_id=IDS[number], reviewer=who,
            class_name=said, at=f"2026-05-{day:02d}T20:00:{number:02d}", **more,
        )  # fmt: skip
        open_store(survey_space).append([event])

    return one


def record(space, survey, name="ada", **more):
    return own_record(space, survey, survey.taxonomy, name, **more)


def test_numbers_are_those_of_the_answers(survey_space, survey, say):
    first, second, *_ = survey.taxonomy.class_names
    for n in range(6):
        say("ada", n, first, day=1 + n // 4, seconds=2.0 + n)
    say("ada", 6, "", day=2, action="skip")
    say("ada", 7, "", day=2, action="flag")
    say("ada", 8, second, day=2)
    open_store(survey_space).undo(dataset_key(survey), "ada")
    for n in range(4):
        say("bo", n, first if n else second)
    found = record(survey_space, survey)
    assert (found.n_answered, found.n_skipped, found.n_flagged) == (6, 1, 1)
    assert found.seconds == 4.5
    assert found.per_class[first] == 6
    assert found.per_class[second] == 0
    assert found.per_day.to_dict() == {"2026-05-01": 4, "2026-05-02": 3}
    assert (found.with_others.hits, found.with_others.n) == (3, 4)
    assert found.with_others.interval.low < 0.75 < found.with_others.interval.high
    assert found.last["object_id"].tolist()[0] == IDS[7]
    assert found.last["said"].tolist()[:3] == ["flagged", "skipped", first]
    assert record(survey_space, survey, n_last=2).last.shape[0] == 2


def test_gold_is_judged_by_what_is_known(survey_space, survey, say):
    known = known_classes(survey_space, survey, survey.taxonomy, "catalogue")
    catalogue = {i: known[i] for i in IDS if i in known}
    right, wrong, *_ = catalogue
    start_review(
        survey_space, survey, [i for i in IDS if i not in (right, wrong)][:5],
        made_by=Person(name="lead"), gold=[right, wrong], gold_share=0.4,
    )  # fmt: skip
    other = next(c for c in survey.taxonomy.class_names if c != catalogue[wrong])
    say("ada", IDS.index(right), catalogue[right])
    say("ada", IDS.index(wrong), other)
    found = record(survey_space, survey)
    assert (found.on_gold.hits, found.on_gold.n) == (1, 2)


def test_who_did_nothing_has_an_empty_record(survey_space, survey, say):
    say("bo", 1)
    found = record(survey_space, survey)
    assert (found.n_answered, len(found.last), found.with_others.n) == (0, 0, 0)
    assert found.with_others.share != found.with_others.share


def test_answers_down_a_tree_are_one_galaxy(survey_space, survey, say):
    say("ada", 1, "", question="smooth", answer="featured")
    say("ada", 1, "", question="edge", answer="no")
    found = record(survey_space, survey)
    assert found.n_answered == 1
    assert found.last["said"].tolist() == ["featured, no"]
    assert found.on_gold.n == 0
