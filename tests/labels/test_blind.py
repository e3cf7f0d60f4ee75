"""What is hidden from a person, on both databases."""

from astro_core.labels.blind import blind_for
from astro_core.labels.leases import make_queue
from astro_core.labels.rules import ReviewRules


def test_what_is_wanted_and_not_answered_is_hidden(store, says):
    rules = ReviewRules(votes_needed=2, most_votes=2)
    make_queue(store, "sky", ["1", "2", "3"], made_by="lead", rules=rules)
    make_queue(store, "other sky", ["4"], made_by="lead", rules=rules)
    store.append([says(i, reviewer="ana") for i in ("1", "2", "4")])
    store.append([says("2", reviewer="cy"), says("3", reviewer="bo")])
    hidden = blind_for(store, "sky", "bo")
    assert hidden.wanted == {"1", "3"}
    rows = hidden.visible(store.current("sky"))
    assert list(zip(rows["object_id"], rows["reviewer"], strict=True)) == [
        ("2", "ana"),
        ("2", "cy"),
        ("3", "bo"),
        ("4", "ana"),  # it is wanted in another dataset
    ]
    assert blind_for(store, "sky", "bo", ["2", "3"]).wanted == {"3"}
    everything = blind_for(store, "sky", "ana").visible(store.current("sky"))
    assert len(everything) == 4  # bo's answer on 3 is still hidden from ana
    store.append([says("3", "merger", reviewer="ana")])
    assert len(blind_for(store, "sky", "ana").visible(store.current("sky"))) == 6
