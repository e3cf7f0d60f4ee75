"""How many more people each galaxy wants: always what the votes and the rules say."""

import random

import pytest
from sqlalchemy import create_engine, select, text

from astro_core.domain import LabelEvent
from astro_core.labels import schema
from astro_core.labels.leases import make_queue, next_for
from astro_core.labels.queue_counts import queue_counts
from astro_core.labels.queue_rules import change_rules
from astro_core.labels.queue_tables import EVERYBODY, GOLD, ITEMS
from astro_core.labels.rules import ReviewRules, retired
from astro_core.labels.store import LabelStore

IDS = tuple(f"g{i:02d}" for i in range(24))


def wanted(store, queue):
    with store.reading() as connection:
        found = connection.execute(
            select(ITEMS.c.object_id, ITEMS.c.wanted).where(ITEMS.c.queue_id == queue)
        ).all()
    return dict(tuple(row) for row in found)


def said(object_id, who, what, **more):
    more.setdefault("action", "label")
    if more["action"] in ("skip", "flag"):
        what = ""
    return LabelEvent(dataset="sky", object_id=object_id, reviewer=who, class_name=what, **more)


def by_the_book(store, rules):
    return set(retired(store.current("sky"), rules)) & set(IDS)


def test_whatever_happens_what_is_wanted_follows_from_votes_and_rules(store):
    """Labels one by one and in bulk, skips, settlements, undo and new rules, in a drawn order."""
    draw = random.Random(5)
    rules = {}
    for needed, most in ((1, 1), (2, 3), (3, 7)):
        own = ReviewRules(votes_needed=needed, most_votes=most)
        rules[make_queue(store, "sky", IDS, made_by="lead", rules=own)] = own
    people = ("ada", "bo", "cy", "di")
    for step in range(60):
        who, what = draw.choice(people), draw.choice(("spiral", "elliptical"))
        act = draw.choice(("label", "label", "label", "bulk", "skip", "flag", "settle", "undo"))
        if act == "undo":
            store.undo("sky", who)
        elif act == "bulk":
            some = draw.sample(IDS, 5)
            store.append([said(i, who, what, batch_id=f"batch {step}") for i in some])
        else:
            store.append([said(draw.choice(IDS), who, what, action=act)])
        if step == 40:
            queue = next(iter(rules))
            rules[queue] = ReviewRules(votes_needed=2, most_votes=2)
            change_rules(store, queue, rules[queue], who="lead")
    counts = queue_counts(store, list(rules))
    for queue, own in rules.items():
        done = {i for i, n in wanted(store, queue).items() if n == 0}
        assert done == by_the_book(store, own)
        assert (counts[queue].n_objects, counts[queue].n_done) == (len(IDS), len(done))
    assert len({counts[queue].n_done for queue in rules}) > 1


def test_a_new_queue_knows_what_was_said_before(store):
    store.append([said(i, "ada", "spiral") for i in IDS[:5]])
    queue = make_queue(store, "sky", IDS, made_by="lead", rules=ReviewRules())
    assert queue_counts(store, [queue])[queue].n_done == 5
    assert next_for(store, queue, "bo") == (IDS[5],)


def test_gold_is_wanted_by_everybody_and_counted_apart(store):
    queue = make_queue(
        store, "sky", IDS[:3], made_by="lead", rules=ReviewRules(), kinds={IDS[1]: GOLD}
    )
    store.append([said(i, "ada", "spiral") for i in IDS[:2]])
    assert wanted(store, queue) == {IDS[0]: 0, IDS[1]: EVERYBODY, IDS[2]: 1}
    change_rules(store, queue, ReviewRules(most_votes=2), who="lead")
    found = queue_counts(store, [queue])[queue]
    assert (found.n_objects, found.n_done, found.n_gold) == (2, 1, 1)


def test_answers_in_other_classes_do_not_count(store):
    """The same galaxies are asked about twice, in two sets of classes."""
    first, second, either = (
        make_queue(store, "sky", IDS[:2], made_by="lead", rules=ReviewRules(), taxonomy=name)
        for name in ("shapes", "colours", "")
    )
    store.append([said(IDS[0], "ada", "disc", taxonomy="shapes")])
    assert [wanted(store, q)[IDS[0]] for q in (first, second, either)] == [0, 1, 0]
    assert next_for(store, second, "ada") == (IDS[0],)
    assert next_for(store, first, "ada") == (IDS[1],)
    store.append([said(IDS[0], "ada", "blue", taxonomy="colours")])
    frame = store.current("sky")
    assert sorted(zip(frame["taxonomy"], frame["said"], strict=True)) == [
        ("colours", "blue"),
        ("shapes", "disc"),
    ]
    store.undo("sky", "ada")
    assert [wanted(store, q)[IDS[0]] for q in (first, second)] == [0, 1]


def test_another_dataset_has_its_own(store):
    queue = make_queue(store, "sea", IDS[:1], made_by="lead", rules=ReviewRules())
    store.append([said(IDS[0], "ada", "spiral")])
    assert wanted(store, queue) == {IDS[0]: 1}


def test_a_store_of_before_is_brought_up_to_date(url, monkeypatch):
    """Queues and answers that were there before anything was counted."""
    from alembic import command

    upgrade = command.upgrade
    monkeypatch.setattr(schema, "HEAD", "0003")
    monkeypatch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0003"))
    old = LabelStore(url)
    old.close()
    monkeypatch.undo()
    _fill_as_before(url)
    store = LabelStore(url)
    try:
        assert wanted(store, "q") == {"g0": 0, "g1": 1, "g2": 2}
        frame = store.current("sky")
        assert frame[["object_id", "taxonomy", "said"]].to_numpy().tolist() == [
            ["g0", "shapes", "disc"],
            ["g0", "shapes", "disc"],
            ["g1", "shapes", "ball"],
        ]
    finally:
        store.close()


EMPTY = ("question", "answer", "fingerprint", "batch_id", "comment", "suggested_class", "model_id")
THEY_SAID = ("ball", "disc", "disc", "ball")
BEFORE = {
    "label_events": [
        dict.fromkeys((*EMPTY, "retracts"), "")
        | {"event_id": str(n), "dataset": "sky", "object_id": object_id, "reviewer": who}
        | {"action": "label", "class_name": what, "taxonomy": "shapes", "taxonomy_version": 1}
        | {"at": f"2026-05-01T20:00:0{n}.000000+00:00", "shown": False}
        for n, (object_id, who, what) in enumerate(
            zip(("g0", "g0", "g0", "g1"), ("ada", "ada", "bo", "bo"), THEY_SAID, strict=True)
        )
    ],
    "review_queues": [
        dict.fromkeys(("name", "made_by", "made_at"), "")
        | {"queue_id": "q", "dataset": "sky", "request": "{}"}
    ],
    "rule_events": [
        dict.fromkeys(("who", "at", "before", "reason"), "")
        | {"queue_id": "q", "after": '{"votes_needed": 2, "most_votes": 2, "lease_minutes": 15}'}
    ],
    "review_items": [
        {"queue_id": "q", "place": n, "object_id": f"g{n}", "kind": "asked", "assigned_to": ""}
        for n in range(3)
    ],
}


def _fill_as_before(url):
    engine = create_engine(url)
    with engine.begin() as connection:
        for table, rows in BEFORE.items():
            columns = ", ".join(f'"{name}"' for name in rows[0])
            values = ", ".join(f":{name}" for name in rows[0])
            connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), rows)
    engine.dispose()


@pytest.mark.parametrize("n_queues", [1, 3])
def test_who_is_at_work_is_told_of_every_queue(store, n_queues):
    queues = [
        make_queue(store, "sky", IDS, made_by="lead", rules=ReviewRules()) for _ in range(n_queues)
    ]
    for queue, who in zip(queues, ("ada", "bo", "cy"), strict=False):
        next_for(store, queue, who)
    found = queue_counts(store, queues)
    assert [found[q].at_work for q in queues] == [("ada",), ("bo",), ("cy",)][:n_queues]
