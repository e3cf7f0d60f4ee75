"""How far a queue is, at which pace, and how long it takes: known acts at known times."""

from datetime import UTC, datetime, timedelta

import pytest

from astro_core.domain import LabelEvent, Person, utc_text
from astro_core.errors import NotFoundError
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows.review import answer
from astro_core.workflows.review_progress import paces, progress, work_done
from astro_core.workflows.review_queues import next_for, start_review

FIRST = 587722981733826738
IDS = [str(FIRST + n) for n in range(20)]
LEAD = Person(name="lead")


@pytest.fixture
def queue(survey_space, survey):
    return start_review(
        survey_space, survey, IDS, made_by=LEAD, rules=ReviewRules(votes_needed=1, most_votes=2)
    )


@pytest.fixture
def say(survey_space, survey):
    def one(who, object_id, at, **more):
        more = {"class_name": "spiral"} | more
        event = LabelEvent(
            dataset=dataset_key(survey), object_id=object_id, reviewer=who, at=utc_text(at), **more
        )
        open_store(survey_space).append([event])

    return one


def test_pace_and_time_left_follow_from_what_was_just_done(survey_space, queue, say):
    """Eight galaxies, one each ten seconds: 360 per hour, so twelve more take two minutes."""
    start = datetime.now(UTC)
    for n in range(8):
        say("ada", IDS[n], start + timedelta(seconds=10 * n))
    now = start + timedelta(seconds=80)
    next_for(survey_space, queue, "ada")
    found = progress(survey_space, queue, "ada", now=now)
    assert (found.n_done, found.n_objects, found.n_votes, found.n_mine) == (8, 20, 12, 8)
    assert found.at_work == ("ada",)
    assert found.per_hour == pytest.approx({"ada": 360})
    assert found.hours_left == pytest.approx(12 / 360)
    assert progress(survey_space, queue, "bo", now=now).n_mine == 0


def test_nobody_at_work_means_no_time_left_is_promised(survey_space, queue, say):
    start = datetime.now(UTC)
    for n in range(5):
        say("ada", IDS[n], start + timedelta(seconds=n))
    found = progress(survey_space, queue, now=start + timedelta(seconds=60))
    assert found.per_hour
    assert found.hours_left is None
    later = progress(survey_space, queue, now=start + timedelta(hours=1))
    assert later.per_hour == {}


def test_a_pause_is_no_slowness_and_a_tree_is_one_galaxy(survey_space, queue, say):
    start = datetime.now(UTC)
    moment = start
    for n, wait in enumerate((5, 5, 600, 5, 5)):
        for question in ("smooth", "odd"):
            say("ada", IDS[n], moment, class_name="", question=question, answer="yes")
            moment += timedelta(seconds=1)
        moment += timedelta(seconds=wait - 2)
    found = progress(survey_space, queue, "ada", now=moment)
    assert found.n_mine == 5
    assert found.per_hour == pytest.approx({"ada": 720})


def test_galaxies_named_in_one_go_are_one_step(survey_space, queue, say):
    start = datetime.now(UTC)
    for n in range(12):
        say("ada", IDS[n], start, batch_id="all")
    assert progress(survey_space, queue, now=start).per_hour == {}
    assert paces(()) == {}


def test_galaxies_of_one_act_are_one_step_that_did_all_of_them(survey_space, survey, queue, say):
    start = datetime.now(UTC) - timedelta(minutes=5)
    for n in range(16):
        say("ada", IDS[n], start + timedelta(seconds=20 * (n // 4)), batch_id=f"page {n // 4}")
    pace = progress(survey_space, queue, now=start + timedelta(minutes=2)).per_hour["ada"]
    assert pace == pytest.approx(3600 * 12 / 60)


def test_one_act_on_many_galaxies_is_one_moment(survey_space, survey, queue):
    answer(survey_space, survey, queue, LEAD, IDS[:12], taxonomy=survey.taxonomy,
           class_name="spiral", batch_id="page")  # fmt: skip
    events = open_store(survey_space).events(dataset_key(survey))
    assert len({event.at for event in events}) == 1
    assert progress(survey_space, queue, LEAD.name).per_hour == {}


def test_who_did_how_much_of_a_queue(survey_space, survey, queue, say):
    now = datetime.now(UTC)
    say("cy", IDS[9], now - timedelta(days=3))  # before the queue was made
    for n in range(4):
        say("ada", IDS[n], now)
    say("bo", IDS[0], now)
    say("bo", IDS[1], now, action="skip", class_name="")
    say("bo", str(FIRST + 40), now)  # not of this queue
    open_store(survey_space).undo(dataset_key(survey), "ada")
    done = [(s.reviewer, s.n_answered, s.n_skipped) for s in work_done(survey_space, queue)]
    assert done == [("ada", 3, 0), ("bo", 1, 1)]
    assert progress(survey_space, queue, "bo").n_mine == 2


def test_a_queue_that_is_not_there_is_said(survey_space, survey):
    with pytest.raises(NotFoundError, match="no queue 'gone'"):
        progress(survey_space, "gone")
