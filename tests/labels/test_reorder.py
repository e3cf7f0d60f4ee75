"""A queue in another order: who waits moves, who was looked at or drawn stays."""

from datetime import UTC, datetime, timedelta

import pytest

from astro_core.domain import LabelEvent
from astro_core.errors import NotFoundError
from astro_core.labels.leases import make_queue, next_for, queue_items, request_of
from astro_core.labels.queue_rules import rule_events
from astro_core.labels.queue_tables import CONTROL, GOLD
from astro_core.labels.reorder import reorder, waiting
from astro_core.labels.rules import ReviewRules

IDS = tuple(f"g{i}" for i in range(8))


@pytest.fixture
def queue(store):
    return make_queue(
        store, "sky", IDS, made_by="lead", rules=ReviewRules(votes_needed=2, most_votes=2),
        kinds={"g2": CONTROL, "g3": GOLD}, request={"strategy": "margin", "model": "old"},
    )  # fmt: skip


def say(store, object_id, **more):
    given = {"class_name": "spiral"} | more
    event = LabelEvent(dataset="sky", object_id=object_id, reviewer="ada", **given)
    store.append([event])


def order(store, queue):
    return tuple(object_id for object_id, _ in queue_items(store, queue))


def test_only_what_nobody_has_looked_at_moves(store, queue):
    say(store, "g0")
    say(store, "g4", action="skip", class_name="")
    assert next_for(store, queue, "bo", 2) == ("g0", "g1")
    assert waiting(store, queue) == ("g5", "g6", "g7")
    moved = reorder(store, queue, ("g7", "g0", "g6", "g5", "other"), who="lead", reason="newer")
    assert moved == 2
    assert order(store, queue) == ("g0", "g1", "g2", "g3", "g4", "g7", "g6", "g5")
    kinds = dict(queue_items(store, queue))
    assert (kinds["g2"], kinds["g3"]) == (CONTROL, GOLD)


def test_the_next_galaxy_comes_in_the_new_order(store, queue):
    reorder(store, queue, ("g7", "g5"), who="lead", reason="newer")
    assert order(store, queue) == ("g7", "g5", "g2", "g3", "g0", "g1", "g4", "g6")
    assert next_for(store, queue, "ada", 3) == ("g7", "g5", "g2")
    say(store, "g7")
    say(store, "g5")
    assert next_for(store, queue, "bo", 2) == ("g7", "g5")  # two votes are needed


def test_an_event_says_so_and_the_queue_remembers(store, queue):
    reorder(store, queue, ("g7",), who="ada", reason="Order by margin", request={"model": "new"})
    first, last = rule_events(store, queue)
    assert first.before is None
    assert (last.who, last.reason) == ("ada", "Order by margin")
    assert last.before == last.after == ReviewRules(votes_needed=2, most_votes=2)
    assert request_of(store, queue) == {"strategy": "margin", "model": "new"}


def test_a_lease_that_ran_out_holds_nothing(store, queue):
    past = datetime.now(UTC) - timedelta(hours=1)
    next_for(store, queue, "bo", 2, now=past)
    assert waiting(store, queue)[:2] == ("g0", "g1")


def test_there_has_to_be_a_queue(store):
    with pytest.raises(NotFoundError, match="no queue"):
        waiting(store, "none")
    with pytest.raises(NotFoundError, match="no queue"):
        reorder(store, "none", IDS, who="lead", reason="")
