"""A queue that is kept: chosen, mixed with gold, worked through, and told how far it is."""

import pytest

from astro_core.domain import LabelEvent, Person
from astro_core.errors import BadInputError, ForbiddenError, NotFoundError
from astro_core.labels.events import dataset_key
from astro_core.labels.gold import mix_gold
from astro_core.labels.leases import queue_items
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows.queue import QueueRequest, make_queue
from astro_core.workflows.review_queues import (
    change_rules,
    list_queues,
    next_for,
    release,
    start_review,
)

FIRST = 587722981733826738
LEAD = Person(name="lead")


def ids(*numbers):
    return [str(FIRST + n) for n in numbers]


def say(space, survey, reviewer, object_id):
    event = LabelEvent(
        dataset=dataset_key(survey), object_id=object_id, reviewer=reviewer, class_name="spiral"
    )
    open_store(space).append([event])


def test_a_queue_from_its_choice_to_its_end(survey_space, survey):
    request = QueueRequest(dataset=survey.name, strategy="random", size=6, control_share=0.5)
    chosen = make_queue(survey_space, request)
    queue = start_review(survey_space, survey, chosen, made_by=LEAD, name="tonight")
    (listed,) = list_queues(survey_space, survey)
    assert (listed.queue_id, listed.name, listed.made_by) == (queue, "tonight", "lead")
    assert (listed.n_objects, listed.n_done, listed.n_gold) == (6, 0, 0)
    assert listed.request["strategy"] == "random"
    kinds = [kind for _, kind in queue_items(open_store(survey_space), queue)]
    assert kinds.count("control") == 3
    seen = []
    while found := next_for(survey_space, queue, "ada"):
        say(survey_space, survey, "ada", found[0])
        seen += found
    assert tuple(seen) == chosen.object_ids
    assert list_queues(survey_space, survey)[0].n_done == 6
    change_rules(survey_space, queue, ReviewRules(votes_needed=2, most_votes=2), who=LEAD)
    (listed,) = list_queues(survey_space, survey)
    assert (listed.n_done, listed.rules.votes_needed) == (0, 2)
    assert next_for(survey_space, queue, "bo", 2) == chosen.object_ids[:2]
    assert release(survey_space, queue, "bo") == 2


def test_gold_is_mixed_in_and_counted_apart(survey_space, survey):
    asked, gold = ids(*range(20, 38)), ids(*range(40, 50))
    queue = start_review(
        survey_space, survey, asked, made_by=LEAD, gold=gold, gold_share=0.1, assigned_to="ada"
    )
    listed = list_queues(survey_space, survey)[0]
    assert (listed.n_objects, listed.n_gold) == (18, 2)
    given = next_for(survey_space, queue, "ada", 99)
    assert len(given) == 20
    assert [i for i in given if i in asked] == asked
    assert next_for(survey_space, queue, "bo") == ()


def test_gold_is_drawn_and_never_twice():
    queue, gold = [f"q{i}" for i in range(8)] + ["k0"], [f"k{i}" for i in range(4)]
    mixed, used = mix_gold(queue, gold, 0.2, seed=1)
    assert len(used) == 2
    assert len(set(mixed)) == len(mixed) == 10
    assert [i for i in mixed if i not in used] == queue[:8]
    assert mix_gold(queue, gold, 0.2, seed=1) == (mixed, used)
    assert len({mix_gold(queue, gold, 0.2, seed=s)[0] for s in range(5)}) > 1
    assert mix_gold(queue, gold, 0.9)[1] == frozenset(gold)
    assert mix_gold(queue, gold, 0.0) == (tuple(queue), frozenset())


def test_what_makes_no_sense_is_refused(survey_space, survey):
    for wrong, said in (
        ({"chosen": []}, "needs galaxies"),
        ({"gold_share": 0.1}, "no gold galaxies"),
        ({"gold_share": 1.0, "gold": ids(1)}, "no share of gold"),
    ):
        with pytest.raises(BadInputError, match=said):
            start_review(survey_space, survey, **({"chosen": ids(2), "made_by": LEAD} | wrong))
    with pytest.raises(NotFoundError, match="no object 'nobody'"):
        start_review(survey_space, survey, ["nobody"], made_by=LEAD)
    assert list_queues(survey_space, survey) == ()


def test_a_role_decides_who_makes_queues_and_rules(survey_space, survey):
    bo, looker = Person(name="bo", role="reviewer"), Person(name="cy", role="viewer")
    own = start_review(survey_space, survey, ids(1, 2), made_by=bo, assigned_to="bo")
    assert next_for(survey_space, own, "bo") == tuple(ids(1))
    for who, role, more in ((bo, "lead", {"assigned_to": "ada"}), (looker, "reviewer", {})):
        with pytest.raises(ForbiddenError, match=role):
            start_review(survey_space, survey, ids(3), made_by=who, **more)
    with pytest.raises(ForbiddenError, match="Only a lead may change the rules"):
        change_rules(survey_space, own, ReviewRules(votes_needed=2, most_votes=2), who=bo)
    (listed,) = list_queues(survey_space, survey)
    assert listed.rules == ReviewRules()
