"""The events behind what stands, and how far the store is."""

from astro_core.labels.opinions import marked, standing_events
from astro_core.labels.retractions import retraction


def test_the_revision_grows_with_every_event_of_its_dataset_alone(store, says):
    assert store.revision("sky") == 0
    store.append([says("a")])
    first = store.revision("sky")
    store.append([says("b")])
    assert store.revision("sky") > first > 0
    assert store.revision("elsewhere") == 0
    before = store.revision("sky")
    store.undo("sky", "ana")
    assert store.revision("sky") > before


def test_the_last_settlement_is_taken_back_and_no_label(store, says):
    store.append([says("a", action="settle"), says("b", action="settle"), says("c")])
    (back,) = store.undo("sky", "ana", action="settle")
    assert (back.action, back.object_id) == ("settle", "b")
    (back,) = store.undo("sky", "ana", action="settle")
    assert back.object_id == "a"
    assert store.undo("sky", "ana", action="settle") == ()
    assert store.current("sky")["object_id"].tolist() == ["c"]


def test_only_the_last_word_of_each_is_read_with_all_that_was_said(store, says):
    store.append(
        [
            says("a", "edge_on", at="2026-01-01T00:00:00Z"), says("a", comment="arms", seconds=2.5),
            says("a", "merger", "bob"), says("a", action="flag"), says("b"),
        ]
    )  # fmt: skip
    found = list(standing_events(store, "sky", ["a", "c"]))
    assert [(e.reviewer, e.action, e.class_name) for e in found] == [
        ("ana", "label", "spiral"), ("bob", "label", "merger"), ("ana", "flag", ""),
    ]  # fmt: skip
    assert (found[0].comment, found[0].seconds) == ("arms", 2.5)
    assert list(standing_events(store, "sky", [])) == []


def test_what_is_marked_comes_with_the_latest_first(store, says):
    store.append([says(i, action="flag") for i in "bac"])
    store.append([says("b", action="flag", reviewer="bob"), says("a", action="settle")])
    store.append([says("a", "", action="settle", question="bar", answer="yes")])
    assert marked(store, "sky", "flag") == ("b", "c", "a")
    assert (
        marked(store, "sky", "settle", question="")
        == marked(store, "sky", "settle", question="bar")
        == ("a",)
    )
    assert (
        marked(store, "sky", "settle", question="arms") == marked(store, "elsewhere", "flag") == ()
    )


def test_who_takes_back_what_another_said_is_kept(store, says):
    store.append([says("a", action="settle")])
    (settled,) = standing_events(store, "sky", ["a"])
    store.append([retraction(settled, "key", 0, who="bob")])
    assert store.current("sky").empty
    *_, last = store.events("sky")
    assert (last.reviewer, last.retracts) == ("bob", settled.event_id)
