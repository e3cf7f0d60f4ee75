"""Down the decision tree by keys, a question at a time, and on after the app was started anew."""

import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Person
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows.review_queues import start_review

pytestmark = pytest.mark.timeout(300)
ADA = Person(name="Ada of the tree")
EVERYBODY = ReviewRules(votes_needed=99, most_votes=99)  # whatever others said, it is asked
WAIT_MS = 20_000


@pytest.fixture
def queue(app):
    """Five galaxies of the demo survey, which has the Galaxy Zoo 2 questions."""
    dataset = open_dataset(app.workspace, "demo")
    ids = read_catalogue(dataset, ["object_id"])["object_id"].tolist()[:5]
    return start_review(app.workspace, dataset, ids, made_by=ADA, name="Tree", rules=EVERYBODY)


@pytest.fixture
def tree(visit, settle, queue):
    def opened():
        page = visit("review", dataset="demo", view="tree", queue=queue)
        name = page.get_by_label("Your name")
        if name.count():
            name.fill(ADA.name)
            page.get_by_role("button", name="Go on").click()
            settle(page)
        expect(page.locator(".board")).to_have_attribute("data-state", "ready", timeout=WAIT_MS)
        return page

    return opened


def asks(page, words):
    expect(page.locator(".asked")).to_have_text(words, timeout=WAIT_MS)
    expect(page.locator(".board")).to_have_attribute("data-state", "ready", timeout=WAIT_MS)


def galaxy(page):
    return page.locator(".board").get_attribute("data-object")


def votes(app):
    key = dataset_key(open_dataset(app.workspace, "demo"))
    frame = open_store(app.workspace).current(key)
    theirs = frame[frame["reviewer"] == ADA.name]
    return {(r.object_id, r.said) for r in theirs.itertuples()}


def test_a_galaxy_down_the_tree_and_back_into_it(app, tree, settle):
    page = tree()
    first = galaxy(page)
    asks(page, "Is the galaxy simply smooth and rounded, with no sign of a disc?")
    smooth = page.get_by_role("button", name="Smooth")
    assert (
        smooth.locator(".drawing")
        .evaluate("(i) => getComputedStyle(i).maskImage")
        .startswith('url("data:image/svg+xml')
    )
    page.keyboard.press("1")
    asks(page, "How rounded is it?")
    assert galaxy(page) == first, "the same galaxy until its tree ends"
    expect(page.locator(".sofar")).to_have_text("Smooth")

    page.keyboard.press("ArrowLeft")
    asks(page, "Is the galaxy simply smooth and rounded, with no sign of a disc?")
    assert votes(app) == set()
    page.keyboard.press("1")
    asks(page, "How rounded is it?")
    page.get_by_role("button", name="Cigar shaped").click()
    asks(page, "Is there anything odd?")

    page.reload()
    settle(page)
    asks(page, "Is there anything odd?")
    assert galaxy(page) == first, "on where one stopped"
    page.keyboard.press("2")
    asks(page, "Is the galaxy simply smooth and rounded, with no sign of a disc?")
    second = galaxy(page)
    assert second != first
    path = {(first, "a01_smooth"), (first, "a18_cigar_shaped"), (first, "a15_no")}
    assert votes(app) == path

    page.keyboard.press("Backspace")
    asks(page, "Is there anything odd?")
    assert galaxy(page) == first, "back into the galaxy before"
    page.keyboard.press("1")
    asks(page, "What is the odd feature?")
    page.keyboard.press("7")
    asks(page, "Is the galaxy simply smooth and rounded, with no sign of a disc?")
    assert galaxy(page) == second
    assert (first, "a38_dust_lane") in votes(app)
