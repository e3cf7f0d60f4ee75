"""Queues in a browser: made from a galaxy in Browse, ruled by a lead, and looked back on."""

import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Person, plain_taxonomy
from astro_core.labels.queue_rules import rule_events
from astro_core.labels.store import open_store
from astro_core.workflows.review_queues import list_queues, next_for, start_review
from astro_core.workflows.taxonomies import save_taxonomy

LEE = Person(name="Lee")
NAMES = ("round", "spiral", "edge_on")
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def survey(app):
    return open_dataset(app.workspace, "demo")


@pytest.fixture
def ids(survey):
    return sorted(read_catalogue(survey, ["object_id"])["object_id"])


@pytest.fixture
def as_lee(page, app):
    """The name is kept in the browser from an earlier visit."""
    page.context.add_cookies([{"name": "tuning_fork_name", "value": "Lee", "url": app.url}])


def ready(page, object_id):
    """The galaxy is on the board; before that a key is no answer."""
    board = page.locator(".board")
    expect(board).to_have_attribute("data-object", object_id)
    expect(board).to_have_attribute("data-state", "ready")


@pytest.fixture
def classes(app, survey, request):
    """Classes of this test alone: answers in others are no votes for its galaxies."""
    made = plain_taxonomy(request.node.name[:60], NAMES)
    return save_taxonomy(app.workspace, survey, made, by=LEE)


def number(page, label, value):
    field = page.get_by_role("spinbutton", name=label, exact=True)
    field.fill(value)
    field.press("Enter")


def test_more_like_a_galaxy_are_reviewed_from_browse(
    app, page, visit, settle, in_address, survey, ids, as_lee
):
    """Features are not there yet: the page waits for them and then opens the queue."""
    visit("browse", dataset="demo", object=ids[7])
    page.get_by_role("button", name="Review more like this").click()
    expect(page.get_by_role("textbox", name="Galaxies to be like")).to_have_value(ids[7])
    number(page, "Galaxies", "12")
    settle(page)
    page.get_by_role("button", name="Make it, and start").click()
    page.wait_for_url("**queue=**", timeout=180_000)
    expect(page.get_by_text("of 12 done").first).to_be_visible()
    settle(page)
    made = in_address(page, "queue")
    queue = next(q for q in list_queues(app.workspace, survey) if q.queue_id == made)
    assert (queue.request["strategy"], list(queue.request["like"])) == ("like_this", [ids[7]])
    assert queue.made_by == "Lee"
    given = next_for(app.workspace, made, "somebody else", 99)
    assert ids[7] not in given


def test_a_lead_changes_the_rules_and_sees_it_in_the_history(
    app, page, visit, settle, survey, ids, classes, as_lee
):
    queue = start_review(app.workspace, survey, ids[:6], made_by=LEE, taxonomy=classes)
    visit("review", dataset="demo", view="queues", queue=queue)
    page.get_by_role("tab", name="Rules").click()
    page.get_by_role("button", name="Change the rules").click()
    for label, value in (("Most votes", "5"), ("Votes needed", "3")):
        number(page, label, value)
        settle(page)
    page.get_by_role("textbox", name="Reason").fill("Edge-on ones divide us")
    page.get_by_role("textbox", name="Reason").press("Enter")
    settle(page)
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_text("Now: the first 3 agree")).to_have_count(0)
    expect(page.get_by_text("Edge-on ones divide us").last).to_be_visible()
    first, second = rule_events(open_store(app.workspace), queue)
    assert (second.before, second.who) == (first.after, "Lee")
    assert (second.after.votes_needed, second.after.most_votes) == (3, 5)


def test_the_way_back_from_ones_record(app, page, visit, settle, survey, ids, classes, as_lee):
    """An answer is given by key, found in the record, opened there and changed."""
    queue = start_review(app.workspace, survey, ids[:3], made_by=LEE, taxonomy=classes)
    visit("review", dataset="demo", queue=queue)
    first = next_for(app.workspace, queue, "Lee")[0]
    ready(page, first)
    page.keyboard.press("1")
    expect(page.get_by_text("1 of 3 done")).to_be_visible()
    page.get_by_text("My record", exact=True).click()
    settle(page)
    expect(page.get_by_text("Your last 1.")).to_be_visible()
    page.get_by_role("option", name=first).or_(page.get_by_alt_text(first)).first.click()
    settle(page)
    ready(page, first)
    assert "view=" not in page.url
    page.keyboard.press("2")
    expect(page.get_by_text(f"{first}: spiral")).to_be_visible()
    frame = open_store(app.workspace).current(survey.folder.name, [first])
    mine = frame[(frame["reviewer"] == "Lee") & (frame["taxonomy"] == classes.name)]
    assert mine["said"].tolist() == ["spiral"]
