"""Queues without a browser: made, looked into, and their rules changed."""

import pytest
from reading import named, said

from astro_core.domain import LabelEvent, Person
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.runs.folder import RunFolder
from astro_core.workflows import queue_needs
from astro_core.workflows.review_queues import list_queues, next_for, rule_history, start_review
from astro_core.workflows.selections import save_selection

ADA = Person(name="Ada")
IDS = [f"pictures-{n:03d}" for n in range(24)]


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 24)


@pytest.fixture
def see(survey, open_page):
    def run(person="Ada", **query):
        session = {"who:name": person}
        query = {"dataset": "pictures", "view": "queues"} | query
        return open_page("review.py", session=session, **query)

    return run


def say(space, survey, who, object_id, class_name="spiral"):
    event = LabelEvent(
        dataset=survey.folder.name, object_id=object_id, reviewer=who, class_name=class_name,
        taxonomy=survey.taxonomy.name,
    )  # fmt: skip
    open_store(space).append([event])


def press(test, label):
    named(test.button, label).click()
    test.run()
    assert not test.exception, test.exception[0].message
    return test


def test_the_first_queue_is_made_here_and_worked_on_at_once(space, survey, see):
    test = see()
    named(test.number_input, "Galaxies").set_value(10)
    named(test.number_input, "Votes needed").set_value(2)
    named(test.number_input, "Most votes").set_value(3)
    named(test.selectbox, "Gold").set_value("catalogue")
    test.run()
    named(test.slider, "Gold share").set_value(0.25).run()
    named(test.text_input, "Name").set_value("tonight").run()
    press(test, "Make it, and start")
    (queue,) = list_queues(space, survey)
    assert (queue.name, queue.made_by, queue.n_objects) == ("tonight", "Ada", 10)
    assert queue.n_gold == round(10 * 0.25 / 0.75)
    assert queue.rules == ReviewRules(votes_needed=2, most_votes=3)
    assert queue.request["taxonomy"] == {"name": "pictures", "version": 1}
    assert test.query_params["queue"] == queue.queue_id
    assert "view" not in test.query_params


def test_a_saved_selection_in_the_address_is_what_is_chosen_from(space, survey, see):
    save_selection(space, survey, "odd", IDS[3:9], reason="", source={"kind": "browse"})
    test = see(new="random", selection="odd")
    assert named(test.selectbox, "Choose from").value == "odd"
    press(test, "Make it, and start")
    (queue,) = list_queues(space, survey)
    assert set(next_for(space, queue.queue_id, "Ada", 99)) == set(IDS[3:9])


def test_what_needs_a_model_says_so_where_there_is_none(see):
    test = see(new="margin")
    assert "asks a model, and there is none yet" in said(test)
    assert not [b for b in test.button if b.label == "Make it, and start"]
    named(test.selectbox, "Which galaxies come first").set_value("like_this").run()
    assert "Name a galaxy" in said(test)


def test_a_training_whose_model_is_gone_is_not_offered(survey, plant_training, see):
    plant_training(survey)
    test = see(new="margin")
    assert "asks a model, and there is none yet" in said(test)
    assert not test.error


def test_a_queue_waits_for_what_it_needs_and_is_then_made(space, survey, see, monkeypatch):
    """Like another galaxy: features have to be computed first."""
    asked = []

    def submit(workspace, dataset, wanted):
        if not asked:
            params = {"dataset": "pictures"}
            asked.append(RunFolder.create(space, kind="features", params=params, title="Features"))
            return (asked[0].run_id,)
        return ()

    monkeypatch.setattr(queue_needs, "submit_missing", submit)
    made = []
    monkeypatch.setattr(
        "astro_core.ui.review_make.start_queue", lambda *a: made.append(a) or start(space, survey)
    )
    test = see(new="like_this", like=IDS[5])
    assert named(test.text_input, "Galaxies to be like").value == IDS[5]
    press(test, "Make it, and start")
    assert "is made as soon as this is done" in said(test)
    assert not made
    asked[0].start()
    asked[0].end("done", result={})
    test.run()
    ((_, dataset, plan, person),) = made
    assert (dataset, plan.strategy, plan.like, person.name) == (
        "pictures", "like_this", (IDS[5],), "Ada",
    )  # fmt: skip


def start(space, survey, **more):
    more = {"made_by": ADA, "name": "first"} | more
    return start_review(space, survey, IDS, **more)


def test_work_that_failed_is_told_and_not_begun_again(space, survey, see, monkeypatch):
    run = RunFolder.create(space, kind="features", params={"dataset": "pictures"}, title="Features")
    monkeypatch.setattr(queue_needs, "submit_missing", lambda *_: (run.run_id,))
    test = press(see(new="like_this", like=IDS[5]), "Make it, and start")
    run.start()
    run.end("failed", error="The disk is full.")
    test.run()
    assert "The disk is full." in said(test)
    press(test, "Ask for another queue")
    assert named(test.button, "Make it, and start")


def test_who_did_what_and_how_well_on_gold(space, survey, see):
    queue = start(space, survey, gold=[IDS[0], IDS[1]], gold_share=0.1)
    known = {IDS[0]: "elliptical", IDS[1]: "spiral"}
    for object_id, class_name in known.items():
        say(space, survey, "Ada", object_id, class_name)
        say(space, survey, "Bo", object_id, "merger")
    for object_id in IDS[2:6]:
        say(space, survey, "Ada", object_id)
    test = see(queue=queue)
    table = test.dataframe[0].value.set_index("Person")
    assert table.loc["Ada", "Answered"] == 6
    assert table.loc["Ada", "Gold right"] == "2 of 2"
    assert table.loc["Bo", "Gold right"] == "0 of 2"
    assert "**4** of 22 done" in test.get("progress")[-1].proto.text


def test_a_lead_changes_the_rules_and_the_reason_is_kept(space, survey, see):
    queue = start(space, survey)
    say(space, survey, "Bo", IDS[0])
    test = see(queue=queue)
    named(test.number_input, "Most votes").set_value(3)
    named(test.number_input, "Votes needed").set_value(2)
    named(test.text_input, "Reason").set_value("They differ").run()
    press(test, "Change")
    _, event = rule_history(space, queue)
    assert (event.who, event.reason, event.after.votes_needed) == ("Ada", "They differ", 2)
    assert "They differ" in said(test)
    assert "the first 2 agree, else up to 3 people" in said(test)
    assert list_queues(space, survey)[0].n_done == 0


def test_rules_that_make_no_sense_are_told_where_they_are_typed(space, survey, see):
    test = see(queue=start(space, survey))
    named(test.number_input, "Votes needed").set_value(4).run()
    assert "ask for more votes than they allow" in said(test)


def test_what_is_for_somebody_else_is_not_offered(space, survey, see):
    queue = start(space, survey, assigned_to="Bo")
    test = see(queue=queue)
    assert "for Bo alone" in said(test)
    assert not [b for b in test.button if b.label == "Work on it"]
    press(see("Bo", queue=queue), "Work on it")
