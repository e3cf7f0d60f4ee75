"""A lead changes a rule, settles a conflict by key, and takes labels along and in again."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import LabelEvent, Person
from astro_core.labels.events import dataset_key
from astro_core.labels.queue_rules import rule_events
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows.review_queues import start_review

expect.set_options(timeout=20_000)
pytestmark = pytest.mark.timeout(300)
ANA, BO, LEA = "Ana", "Bo", "Lea"


@pytest.fixture
def go(page, settle):
    def to(server, name, **query):
        cookie = {"name": "tuning_fork_name", "value": LEA, "url": server.url}
        page.context.add_cookies([cookie])
        page.goto(f"{server.url}/{name}?{urlencode({'dataset': 'demo', **query})}")
        return settle(page)

    return to


def galaxies(server):
    sky = open_dataset(server.workspace, "demo")
    return sky, sorted(read_catalogue(sky, ["object_id"])["object_id"])


def said(server):
    sky, _ = galaxies(server)
    return list(open_store(server.workspace).events(dataset_key(sky)))


def disagree(server, n, **more):
    """Two people differ on the first `n` galaxies and agree on two more."""
    sky, ids = galaxies(server)
    spiral, edge_on = "spiral", "edge_on"
    store = open_store(server.workspace)
    for k, object_id in enumerate(ids[: n + 2]):
        for who, word in ((ANA, spiral), (BO, edge_on if k < n else spiral)):
            event = LabelEvent(
                dataset=dataset_key(sky), object_id=object_id, reviewer=who, class_name=word,
                taxonomy=sky.taxonomy.name, fingerprint=sky.fingerprint, **more,
            )  # fmt: skip
            store.append([event])
    return sky, ids


def keys(sky):
    return {one.name: one.key for one in sky.taxonomy.with_keys().classes}


def queue_of_three_votes(server, sky, ids):
    rules = ReviewRules(votes_needed=3, most_votes=3)
    return start_review(
        server.workspace, sky, ids, made_by=Person(name=ANA), rules=rules, name="tonight"
    )


def change_votes(page, settle, votes, reason):
    """Ask for so many votes, no more and no less, in the queue that is open."""
    page.get_by_role("tab", name="Rules").click()
    page.get_by_role("button", name="Change the rules").click()
    for label in ("Votes needed", "Most votes"):
        page.get_by_role("spinbutton", name=label).last.fill(votes)
        page.keyboard.press("Enter")
        settle(page)
    page.get_by_role("textbox", name="Reason").fill(reason)
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_role("button", name="Change", exact=True).click()
    settle(page)


def type_why(page, settle, server):
    """Type "15 arms", with a slip that is taken back."""
    before = len(said(server))
    why = page.get_by_role("textbox", name="Why")
    why.press_sequentially("15 armss")  # what is typed here is no key
    page.keyboard.press("Backspace")
    page.keyboard.press("Tab")
    settle(page)
    assert len(said(server)) == before


def settled_last(server, object_id, class_name):
    """Return the last event, which settled this galaxy as this class."""
    *_, last = said(server)
    assert (last.action, last.object_id, last.class_name) == ("settle", object_id, class_name)
    return last


def take_back(page, settle, server, last):
    settle(page)
    page.keyboard.press("Backspace")
    words = f"Took back: {last.object_id} settled as {last.class_name}"
    expect(page.get_by_text(words)).to_be_visible()
    assert said(server)[-1].retracts == last.event_id
    settle(page)


def test_a_lead_changes_a_rule_and_settles_what_is_then_in_conflict(apart, go, settle):
    server = apart()
    sky, ids = disagree(server, 3)
    queue = queue_of_three_votes(server, sky, ids[:3])
    page = go(server, "consensus", view="conflicts")
    expect(page.get_by_text("3 more are not shown")).to_be_visible()

    page = go(server, "review", view="queues", queue=queue)
    change_votes(page, settle, "2", "two are enough")
    *_, last = rule_events(open_store(server.workspace), queue)
    assert (last.who, last.reason, last.after.votes_needed) == (LEA, "two are enough", 2)

    page = go(server, "consensus", view="conflicts")
    expect(page.get_by_text("1 of 3", exact=True)).to_be_visible()
    type_why(page, settle, server)
    page.keyboard.press(keys(sky)["spiral"])
    expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
    last = settled_last(server, ids[0], "spiral")
    assert (last.reviewer, last.comment) == (LEA, "15 arms")

    take_back(page, settle, server, last)
    page.get_by_role("button", name="edge on").click()
    expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
    settled_last(server, ids[0], "edge_on")


def test_no_key_settles_while_a_galaxy_lies_large_over_the_page(apart, go, settle):
    server = apart()
    sky, _ = disagree(server, 1)
    before = len(said(server))
    page = go(server, "consensus", view="conflicts")
    page.locator(".tile").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settle(page)
    page.keyboard.press(keys(sky)["spiral"])
    page.keyboard.press("Backspace")
    settle(page)
    assert len(said(server)) == before


def test_labels_leave_as_votable_and_come_back_unchanged(apart, go, settle, tmp_path):
    server = apart()
    sky, _ = disagree(server, 2, comment="a < b & 'c'", seconds=1.25)
    open_store(server.workspace).undo(dataset_key(sky), BO)
    page = go(server, "consensus")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("radio", name="Every answer").click()
    settle(page)
    page.get_by_role("combobox", name="As", exact=True).click()
    page.get_by_role("option", name="VOTable").click()
    settle(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download", exact=True).click()
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    assert file.suffix in (".vot", ".xml")

    other = apart()
    page = go(other, "consensus")
    page.get_by_text("Labels from a file").click()
    page.locator("input[type=file]").set_input_files(file)
    settle(page)
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_text("9 labels are new")).to_be_visible()
    assert said(other) == said(server)
    expect(page.get_by_text("Krippendorff's alpha")).to_be_visible()


def test_a_cell_shows_its_galaxies_and_the_paragraph_is_copied(apart, go, settle):
    server = apart()
    sky, ids = disagree(server, 2)
    page = go(server, "consensus", view="between")
    names = list(sky.taxonomy.class_names)
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    frame = plot.bounding_box()
    row, column = names.index("spiral"), names.index("edge_on")
    page.mouse.click(
        frame["x"] + frame["width"] * (column + 0.5) / len(names),
        frame["y"] + frame["height"] * (row + 0.5) / len(names),
    )
    page.wait_for_url(lambda url: "row=spiral" in url and "column=edge_on" in url)
    settle(page)
    shown = page.locator(".tile").evaluate_all("tiles => tiles.map((t) => t.dataset.objectId)")
    assert sorted(shown) == ids[:2]

    page.get_by_text("For a paper").click()
    settle(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("2 reviewers gave 8 labels to 4 of the 60 galaxies of demo")
