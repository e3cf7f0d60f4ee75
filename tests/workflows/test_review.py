"""One act of a person: stored once, taken back, refused where it must be."""

import dataclasses
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from astro_core.domain import LabelEvent, Person, new_event_id, utc_text
from astro_core.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.labels.votes import read_votes
from astro_core.workflows import queue_needs, queue_pool, review_suggestions
from astro_core.workflows.review import answer, is_stored, start_random, suggestions, undo
from astro_core.workflows.review_queues import next_for, start_review

FIRST = 587722981733826738
ADA, BO = Person(name="Ada", role="reviewer"), Person(name="Bo")


def ids(*numbers):
    return [str(FIRST + n) for n in numbers]


@pytest.fixture
def say(survey_space, survey):
    def do(object_ids, class_name="spiral", *, person=ADA, queue="", **more):
        return answer(
            survey_space, survey, queue, person, object_ids,
            taxonomy=survey.taxonomy, class_name=class_name, **more,
        )  # fmt: skip

    return do


@pytest.fixture
def ahead(survey_space, survey):
    """Stores what a server said whose clock is three minutes ahead."""

    def do(number, class_name, *, reviewer="Ada", action="label"):
        event = LabelEvent(
            dataset=dataset_key(survey), object_id=ids(number)[0], class_name=class_name,
            reviewer=reviewer, action=action, taxonomy=survey.taxonomy.name,
            at=utc_text(datetime.now(UTC) + timedelta(minutes=3)),
        )  # fmt: skip
        open_store(survey_space).append([event])
        return event

    return do


def stored(space, survey):
    return list(open_store(space).events(dataset_key(survey)))


def test_an_answer_holds_what_was_looked_at(survey_space, survey, say):
    (event_id,) = say(ids(3), comment="two cores", seconds=2.5)
    (event,) = stored(survey_space, survey)
    assert event.event_id == event_id
    assert (event.object_id, event.class_name, event.reviewer) == (ids(3)[0], "spiral", "Ada")
    assert (event.fingerprint, event.taxonomy) == (survey.fingerprint, survey.taxonomy.name)
    assert (event.comment, event.seconds, event.shown) == ("two cores", 2.5, False)
    assert is_stored(survey_space, survey, event_id)
    assert not is_stored(survey_space, survey, new_event_id())


def test_a_key_press_that_is_sent_again_is_stored_once(survey_space, survey, say):
    again = [new_event_id()]
    assert say(ids(3), event_ids=again) == say(ids(3), event_ids=again, seconds=9.0) == tuple(again)
    assert len(stored(survey_space, survey)) == 1
    with pytest.raises(ConflictError):
        say(ids(3), "merger", event_ids=again)
    with pytest.raises(ConflictError):
        say(ids(3), event_ids=again, person=BO)


def test_a_correction_counts_where_a_clock_was_ahead(survey_space, survey, say, ahead):
    before = ahead(3, "merger"), ahead(4, "ring")
    say(ids(3), "elliptical")
    say(ids(4, 5), batch_id="b1")
    say(ids(4), "", action="skip")
    *_, corrected, one, other, skipped = stored(survey_space, survey)
    assert (before[0].at, before[1].at) < (corrected.at, one.at)
    assert one.at == other.at < skipped.at  # one act is one moment
    assert undo(survey_space, survey, ADA).action == "skip"
    current = open_store(survey_space).current(dataset_key(survey))
    assert list(current["said"]) == ["elliptical", "spiral", "spiral"]


def test_the_clock_of_one_person_or_galaxy_does_not_change_anothers(
    survey_space, survey, say, ahead
):
    later = ahead(3, "merger")
    say(ids(3), person=BO)
    say(ids(4))
    assert all(event.at < later.at for event in stored(survey_space, survey)[1:])


def test_the_lead_who_settles_last_has_the_last_word(survey_space, survey, say, ahead):
    ahead(3, "merger", reviewer="Zoe", action="settle")
    say(ids(3), "ring", person=BO, action="settle")
    votes = read_votes(open_store(survey_space), dataset_key(survey))
    assert votes.answers[votes.settled[0]] == "ring"


def test_a_key_press_that_is_sent_again_is_stored_once_where_a_clock_was_ahead(
    survey_space, survey, say, ahead
):
    ahead(3, "merger")
    again = [new_event_id()]
    assert say(ids(3), event_ids=again) == say(ids(3), event_ids=again) == tuple(again)
    assert len(stored(survey_space, survey)) == 2


def test_what_cannot_be_is_refused_and_nothing_is_stored(survey_space, survey, say):
    question = survey.taxonomy.questions[0]
    with pytest.raises(BadInputError, match="no class 'comet'"):
        say(ids(3), "comet")
    with pytest.raises(BadInputError, match="answers no question"):
        say(ids(3), "", question=question.name, answer="perhaps")
    with pytest.raises(NotFoundError):
        say(["not there"])
    with pytest.raises(NotFoundError):
        say(ids(3), queue="not there")
    with pytest.raises(ForbiddenError):
        say(ids(3), person=Person(name="Eve", role="viewer"))
    with pytest.raises(ForbiddenError):
        say(ids(3), action="settle")
    assert stored(survey_space, survey) == []


def test_undo_goes_back_act_by_act_and_a_batch_at_once(survey_space, survey, say):
    say(ids(1), "merger")
    say(ids(2, 3, 4), batch_id="b1")
    say(ids(5), "", action="skip")
    say(ids(6), person=BO)
    assert undo(survey_space, survey, ADA).words == f"Took back: {ids(5)[0]} skipped"
    batch = undo(survey_space, survey, ADA)
    assert batch.object_ids == tuple(ids(2, 3, 4))
    assert batch.words == "Took back: 3 galaxies labelled as spiral"
    key = new_event_id()
    first = undo(survey_space, survey, ADA, event_id=key)
    assert undo(survey_space, survey, ADA, event_id=key) == first
    assert first.object_ids == tuple(ids(1))
    assert undo(survey_space, survey, ADA) is None
    current = open_store(survey_space).current(dataset_key(survey))
    assert list(current["reviewer"]) == ["Bo"]
    with pytest.raises(ForbiddenError):
        undo(survey_space, survey, Person(name="Eve", role="viewer"))


def test_an_unlabelled_survey_begins_with_one_press(survey_space, survey):
    queue = start_random(survey_space, survey, ADA)
    given = next_for(survey_space, queue, "Ada", 99)
    assert sorted(given) == ids(*range(60))
    assert list(given) != ids(*range(60))
    assert suggestions(survey_space, survey, queue) == {}


def test_the_models_word_is_kept_with_the_answer_whether_or_not_it_was_shown(
    survey_space, survey, say, monkeypatch
):
    table = pd.DataFrame([[0.2, 0.7, 0.1, 0.0], [np.nan] * 4], index=ids(3, 4))
    monkeypatch.setattr(queue_needs, "found", lambda *_: queue_needs.Source(answers="a run"))
    monkeypatch.setattr(
        queue_pool, "class_probabilities",
        lambda *_: (table.index, survey.taxonomy.class_names, table.to_numpy()),
    )  # fmt: skip
    review_suggestions._kept.cache_clear()
    queue = start_review(survey_space, survey, ids(3, 4), made_by=BO)
    monkeypatch.setattr("astro_core.labels.leases.request_of", lambda *_: {"model": "m1"})
    say(ids(3), "merger", queue=queue, shown=True)
    say(ids(4), queue=queue)
    told, untold = stored(survey_space, survey)
    assert (told.suggested_class, told.suggested_probability) == ("spiral", 0.7)
    assert (told.model_id, told.shown) == ("m1", True)
    assert (untold.suggested_class, untold.suggested_probability) == ("", None)


def test_a_model_that_is_gone_leaves_people_answering_blind(survey_space, survey):
    review_suggestions._kept.cache_clear()
    assert review_suggestions.suggestions_of(survey_space, survey, "no-such-model") == {}
    changed = dataclasses.replace(survey, fingerprint="another")
    state = review_suggestions.DatasetState
    assert state(survey) == state(dataclasses.replace(survey, name="renamed")) != state(changed)
