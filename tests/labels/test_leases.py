"""Several people, one queue: nobody does what another is doing, and nothing is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import SQLAlchemyError

from astro_core.domain import LabelEvent
from astro_core.errors import BadInputError, NotFoundError, TuningForkError
from astro_core.labels.leases import make_queue, next_for, release
from astro_core.labels.queue_rules import change_rules, rule_events, rules_of
from astro_core.labels.queue_tables import GOLD, RULE_EVENTS
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import LabelStore

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
IDS = tuple(f"g{i}" for i in range(6))


@pytest.fixture
def start(store):
    def make(ids=IDS, *, needed=1, most=None, **more):
        rules = ReviewRules(votes_needed=needed, most_votes=most or needed)
        return make_queue(store, "sky", ids, made_by="lead", rules=rules, **more)

    return make


def say(store, reviewer, object_id, what="spiral", **more):
    store.append(
        [LabelEvent(dataset="sky", object_id=object_id, reviewer=reviewer, class_name=what, **more)]
    )


def test_two_people_get_different_galaxies_in_order(store, start):
    queue = start()
    assert next_for(store, queue, "ada", 2) == ("g0", "g1")
    assert next_for(store, queue, "bo", 2) == ("g2", "g3")
    assert next_for(store, queue, "ada", 2) == ("g0", "g1")  # not answered: the same again
    say(store, "ada", "g0")
    assert next_for(store, queue, "ada", 2) == ("g1", "g4")
    assert next_for(store, queue, "bo", 9) == ("g2", "g3", "g5")


def test_a_galaxy_that_needs_more_votes_is_given_to_as_many(store, start):
    queue = start(("g0", "g1"), needed=2)
    assert next_for(store, queue, "ada") == ("g0",)
    assert next_for(store, queue, "bo") == ("g0",)
    assert next_for(store, queue, "cy") == ("g1",)
    say(store, "ada", "g0")
    assert next_for(store, queue, "ada") == ("g1",)
    assert next_for(store, queue, "di") == ()


def test_the_first_that_agree_are_enough_else_more_are_asked(store, start):
    queue = start(("g0",), needed=2, most=3)
    say(store, "ada", "g0")
    say(store, "bo", "g0", "elliptical")
    assert next_for(store, queue, "cy") == ("g0",)
    assert next_for(store, queue, "di") == ()
    say(store, "cy", "g0")
    assert next_for(store, queue, "di") == ()


def test_a_lease_expires(store, start):
    queue = start(("g0",))
    assert next_for(store, queue, "ada", now=NOON) == ("g0",)
    assert next_for(store, queue, "bo", now=NOON + timedelta(minutes=14)) == ()
    assert next_for(store, queue, "bo", now=NOON + timedelta(minutes=15)) == ("g0",)


def test_who_goes_on_keeps_the_lease_and_who_leaves_gives_it_back(store, start):
    queue = start(("g0",))
    next_for(store, queue, "ada", now=NOON)
    next_for(store, queue, "ada", now=NOON + timedelta(minutes=14))
    assert next_for(store, queue, "bo", now=NOON + timedelta(minutes=20)) == ()
    assert release(store, queue, "ada") == 1
    assert next_for(store, queue, "bo", now=NOON + timedelta(minutes=20)) == ("g0",)


def test_what_was_skipped_goes_to_others(store, start):
    queue = start(("g0",))
    next_for(store, queue, "ada")
    say(store, "ada", "g0", "", action="skip")
    assert next_for(store, queue, "ada") == ()
    assert next_for(store, queue, "bo") == ("g0",)


def test_what_was_taken_back_comes_again(store, start):
    queue = start(("g0",))
    say(store, "ada", "g0")
    assert next_for(store, queue, "bo") == ()
    store.undo("sky", "ada")
    assert next_for(store, queue, "bo") == ("g0",)


def test_everybody_sees_gold_and_work_can_be_assigned(store, start):
    queue = start(("g0", "g1"), kinds={"g0": GOLD})
    for person in ("ada", "bo"):
        assert next_for(store, queue, person)[0] == "g0"
        say(store, person, "g0")
    hers = start(("g5",), assigned_to="ada")
    assert next_for(store, hers, "bo") == ()
    assert next_for(store, hers, "ada") == ("g5",)


def test_a_settled_galaxy_is_given_to_nobody(store, start):
    queue = start(("g0", "g1"), needed=3)
    say(store, "lead", "g0", action="settle")
    assert next_for(store, queue, "ada", 2) == ("g1",)


def test_people_at_once_do_no_double_work(store, start, url):
    ids = tuple(f"g{i:03d}" for i in range(60))
    queue = start(ids)

    def review(person):
        own = LabelStore(url)
        done = []
        while found := next_for(own, queue, person, 2):
            say(own, person, found[0])
            done.append(found[0])
        own.close()
        return done

    with ThreadPoolExecutor(4) as people:
        done = [i for one in people.map(review, ("ada", "bo", "cy", "di")) for i in one]
    assert sorted(done) == list(ids)


def test_a_long_queue_is_searched_to_its_end(store, start):
    ids = tuple(f"g{i:04d}" for i in range(700))
    queue = start(ids, needed=2, most=3)
    for person in ("ada", "bo"):
        store.append(
            LabelEvent(dataset="sky", object_id=i, reviewer=person, class_name="x")
            for i in ids[:-1]
        )
    assert next_for(store, queue, "cy", 5) == ids[-1:]


def test_every_change_of_rules_is_kept(store, start):
    queue = start(("g0",))
    more = ReviewRules(votes_needed=2, most_votes=3)
    say(store, "ada", "g0")
    assert next_for(store, queue, "bo") == ()
    event = change_rules(store, queue, more, who="lead", reason="too many doubts")
    assert (event.before, event.after) == (ReviewRules(), more)
    assert change_rules(store, queue, more, who="lead") is None
    assert rules_of(store, queue) == more
    assert next_for(store, queue, "bo") == ("g0",)
    first, second = rule_events(store, queue)
    assert (first.before, first.after, first.who) == (None, ReviewRules(), "lead")
    assert second == event
    for change in (delete(RULE_EVENTS), update(RULE_EVENTS).values(who="nobody")):
        with (
            pytest.raises((SQLAlchemyError, TuningForkError), match="never changed"),
            store.writing() as connection,
        ):
            connection.execute(change)


def test_what_is_not_there_is_said(store, start):
    for act in (
        lambda: next_for(store, "gone", "ada"),
        lambda: rules_of(store, "gone"),
        lambda: change_rules(store, "gone", ReviewRules(), who="lead"),
    ):
        with pytest.raises(NotFoundError, match="no queue 'gone'"):
            act()
    with pytest.raises(BadInputError, match="name of who makes it"):
        change_rules(store, start(), ReviewRules(), who=" ")
