"""Many galaxies in one go: exceptions, weak votes, and taking all of it back."""

import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Person
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows.review_queues import start_review

pytestmark = pytest.mark.timeout(240)
EVERYBODY = ReviewRules(votes_needed=99, most_votes=99)  # whatever others said, it is asked


@pytest.fixture
def ada(request):
    """Somebody of whom nothing is stored yet."""
    return Person(name=f"Ada {request.node.name[-40:]}")


@pytest.fixture
def queue(app, ada):
    """The first 30 galaxies of the demo survey."""
    dataset = open_dataset(app.workspace, "demo")
    ids = read_catalogue(dataset, ["object_id"])["object_id"].tolist()[:30]
    return start_review(app.workspace, dataset, ids, made_by=ada, name="Grid", rules=EVERYBODY)


@pytest.fixture
def grid(app, visit, settle, queue, ada):
    def opened(**more):
        page = visit("review", dataset="demo", view="grid", queue=queue, **more)
        name = page.get_by_label("Your name")
        if name.count():
            name.fill(ada.name)
            page.get_by_role("button", name="Go on").click()
            settle(page)
        expect(page.locator(".grid")).to_have_attribute("data-state", "ready")
        return page

    return opened


def shown(page):
    return page.locator(".tile").evaluate_all("tiles => tiles.map((t) => t.dataset.id)")


def acts_done(page, n):
    expect(page.locator(".grid")).to_have_attribute("data-done", str(n), timeout=20_000)


@pytest.fixture
def said(app, ada):
    """What Ada has said as it stands, by galaxy."""

    def read():
        key = dataset_key(open_dataset(app.workspace, "demo"))
        frame = open_store(app.workspace).current(key)
        return frame[frame["reviewer"] == ada.name].set_index("object_id")

    return read


def test_a_class_for_all_but_the_exceptions_and_all_of_it_taken_back(grid, said):
    page = grid()
    first = shown(page)
    assert len(first) == 12
    page.locator(".tile").nth(2).click()
    page.locator(".tile").nth(5).click()
    expect(page.locator(".lead")).to_have_text("The 10 others are all …")
    page.keyboard.press("1")
    acts_done(page, 1)

    stored = said()
    assert sorted(stored.index) == sorted(set(first) - {first[2], first[5]})
    assert stored["bulk"].all()
    assert set(stored["said"]) == {"elliptical_round"}
    second = shown(page)
    assert not set(second) & set(first), "the exceptions wait for one by one"

    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    expect(page.locator('.tile[aria-selected="true"]')).to_have_count(2)
    page.keyboard.press("2")
    acts_done(page, 2)
    assert len(said()) == 20

    page.keyboard.press("Backspace")
    acts_done(page, 3)
    assert set(said()["said"]) == {"elliptical_round"}
    assert shown(page) == second, "with its exceptions"
    page.keyboard.press("Backspace")
    acts_done(page, 4)
    assert said().empty
    assert shown(page) == first


def test_exceptions_are_answered_one_by_one(grid, said, settle):
    page = grid(stamps="L")
    first = shown(page)
    assert len(first) == 6
    page.locator(".tile").nth(1).click()
    page.keyboard.press("3")
    acts_done(page, 1)
    page.get_by_role("button", name="1 set aside: one by one").click()
    settle(page)
    expect(page.locator(".board")).to_have_attribute("data-object", first[1])
    page.keyboard.press("5")
    expect(page.locator(".board")).to_have_attribute("data-done", "1")
    stored = said()
    assert not stored.loc[first[1], "bulk"], "this one was looked at alone"
    assert stored.loc[first[0], "bulk"]


def test_none_fits(grid, said):
    page = grid(stamps="L")
    first = shown(page)
    page.keyboard.press("Enter")
    acts_done(page, 1)
    assert not set(shown(page)) & set(first)
    assert said().empty
