"""From a plan to a queue: gold, classes, and what is left out."""

import json

import pytest

from astro_core.domain import LabelEvent, Person, plain_taxonomy
from astro_core.errors import BadInputError, ForbiddenError
from astro_core.labels.events import dataset_key
from astro_core.labels.leases import queue_items
from astro_core.labels.reviewers import reviewers_of
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows.gold import gold_galaxies, known_classes
from astro_core.workflows.new_queue import QueuePlan, QueueSettings, start_queue
from astro_core.workflows.queue_people import names_to_assign, people_of_queue
from astro_core.workflows.review_queues import list_queues, next_for
from astro_core.workflows.taxonomies import save_taxonomy

LEAD = Person(name="lead")


@pytest.fixture
def say(survey_space, survey):
    def one(who, object_id, said, **more):
        event = LabelEvent(
            dataset=dataset_key(survey), object_id=object_id, reviewer=who, class_name=said,
            **({"taxonomy": survey.taxonomy.name} | more),
        )  # fmt: skip
        open_store(survey_space).append([event])

    return one


def items(space, queue_id):
    return dict(queue_items(open_store(space), queue_id))


def test_a_plan_is_plain_values_while_it_waits():
    plan = QueuePlan(
        strategy="like_this", like=("a", "b"), gold="catalogue", taxonomy="mine", version=3,
        settings=QueueSettings(size=7, control_share=0.25), rules=ReviewRules(most_votes=4),
    )  # fmt: skip
    assert QueuePlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_gold_is_never_among_those_that_are_asked(survey_space, survey):
    """Nearly all galaxies have a class in the catalogue; the queue keeps what was chosen."""
    plan = QueuePlan(
        strategy="random", gold="catalogue", settings=QueueSettings(size=12, gold_share=0.25)
    )
    made = items(survey_space, start_queue(survey_space, survey.name, plan, LEAD))
    known = known_classes(survey_space, survey, survey.taxonomy, "catalogue")
    gold = [i for i, kind in made.items() if kind == "gold"]
    assert (len(made) - len(gold), len(gold)) == (12, 4)
    assert set(gold) <= set(known.index)
    (listed,) = list_queues(survey_space, survey)
    assert (listed.name, listed.taxonomy) == ("At random", survey.taxonomy.name)


def test_what_was_answered_in_other_classes_is_asked_again(survey_space, survey, say):
    own = save_taxonomy(survey_space, survey, plain_taxonomy("colours", ("red", "blue")), by=LEAD)
    ids = list(known_classes(survey_space, survey, survey.taxonomy).index[:3])
    for object_id in ids:
        say("ada", object_id, survey.taxonomy.class_names[0])
    everything = QueueSettings(size=survey.n_objects)
    plan = QueuePlan(strategy="random", settings=everything)
    same = start_queue(survey_space, survey.name, plan, LEAD)
    assert not set(ids) & set(items(survey_space, same))
    plan = QueuePlan(strategy="random", settings=everything, taxonomy=own.name)
    other = start_queue(survey_space, survey.name, plan, LEAD)
    assert set(ids) <= set(items(survey_space, other))
    assert set(ids) <= set(next_for(survey_space, other, "ada", survey.n_objects))


def test_what_a_lead_settled_is_known_and_has_the_last_word(survey_space, survey, say):
    known = known_classes(survey_space, survey, survey.taxonomy)
    one = known.index[0]
    other = next(c for c in survey.taxonomy.class_names if c != known[one])
    say("lead", one, other, action="settle")
    assert known_classes(survey_space, survey, survey.taxonomy)[one] == other
    assert gold_galaxies(survey_space, survey, survey.taxonomy, "settled") == (one,)
    assert known_classes(survey_space, survey, survey.taxonomy, "catalogue")[one] == known[one]


def test_gold_that_nobody_knows_is_refused(survey_space, survey):
    with pytest.raises(BadInputError, match="no galaxy whose class is known"):
        gold_galaxies(survey_space, survey, survey.taxonomy, "settled")
    assert gold_galaxies(survey_space, survey, survey.taxonomy, "") == ()


def test_only_a_lead_gives_work_to_others(survey_space, survey):
    reviewer = Person(name="ada", role="reviewer", signed_in=True)
    plan = QueuePlan(strategy="random", assigned_to="bo", settings=QueueSettings(size=3))
    with pytest.raises(ForbiddenError):
        start_queue(survey_space, survey.name, plan, reviewer)
    own = QueuePlan(strategy="random", assigned_to="ada", settings=QueueSettings(size=3))
    assert start_queue(survey_space, survey.name, own, reviewer)


def test_everybody_who_labelled_can_be_given_work(survey_space, survey, say):
    store = open_store(survey_space)
    assert reviewers_of(store, dataset_key(survey)) == ()
    ids = known_classes(survey_space, survey, survey.taxonomy).index
    for who in ("cy", "ada", "bo", "ada"):
        say(who, ids[0], survey.taxonomy.class_names[0])
    assert reviewers_of(store, dataset_key(survey)) == ("ada", "bo", "cy")
    assert reviewers_of(store, "another") == ()
    assert names_to_assign(survey_space, survey) == ("ada", "bo", "cy")


def test_a_queue_that_nobody_began_has_no_people(survey_space, survey):
    plan = QueuePlan(strategy="random", settings=QueueSettings(size=3))
    queue = start_queue(survey_space, survey.name, plan, LEAD)
    assert people_of_queue(survey_space, survey, queue) == ()
