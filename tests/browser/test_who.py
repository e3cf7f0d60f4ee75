"""A name is typed once, and this browser keeps it."""

from playwright.sync_api import expect

from astro_core.datasets.store import open_dataset
from astro_core.domain import LabelEvent, Person
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows.review_queues import start_review
from astro_core.workspace import Workspace


def typed(page, settle, name):
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Go on").click()
    return settle(page)


def test_a_name_is_asked_once_in_a_browser(app, page, visit, settle):
    visit("review", dataset="demo")
    typed(page, settle, "Ada Lovelace")
    page.get_by_role("button", name="Ada Lovelace").click()
    page.get_by_role("menuitem", name="I am somebody else").click()
    settle(page).reload()
    typed(settle(page), settle, "Bo")
    page.get_by_role("button", name="Bo").click()
    page.get_by_role("menuitem", name="I am somebody else").click()
    typed(settle(page), settle, "Ada Lovelace")
    badge = page.get_by_role("button", name="Ada Lovelace")
    assert badge.is_visible()
    assert page.get_by_label("Your name").count() == 0
    settle(page.reload() and page)
    assert badge.is_visible()
    another = page.context.new_page()
    another.goto(app.address("review", dataset="demo"))
    assert settle(another).get_by_role("button", name="Ada Lovelace").is_visible()
    another.close()
    badge.click()
    page.get_by_role("menuitem", name="I am somebody else").click()
    settle(page)
    page.reload()
    settle(page)
    assert page.get_by_label("Your name").is_visible()


def test_browse_keeps_others_answers_back_until_ones_own(apart, page, settle):
    app = apart()
    dataset = open_dataset(app.workspace, "demo")
    galaxy, rules = "SIM-00007", ReviewRules(votes_needed=3, most_votes=3)
    ada = Person(name="Ada of the blind test")
    start_review(app.workspace, dataset, [galaxy], made_by=ada, rules=rules)

    def says(reviewer, class_name):
        event = LabelEvent(
            dataset=dataset_key(dataset), object_id=galaxy, reviewer=reviewer,
            class_name=class_name, taxonomy=dataset.taxonomy.name,
        )  # fmt: skip
        open_store(app.workspace).append([event])

    says(ada.name, "merger")
    page.goto(app.address("review", dataset="demo"))
    typed(settle(page), settle, "Bo of the blind test")
    page.goto(app.address("browse", dataset="demo", object=galaxy))
    settle(page)
    page.get_by_role("tab", name="People").click()
    expect(page.get_by_text("other person has answered")).to_be_visible()
    says("Bo of the blind test", "ring")
    page.reload()
    settle(page).get_by_role("tab", name="People").click()
    settle(page)
    assert page.get_by_text("other person has answered").count() == 0
    panel = page.get_by_role("tabpanel", name="People")
    assert panel.get_by_test_id("stDataFrame").is_visible()


def test_without_sign_in_a_network_is_refused(serve, page, settle, tmp_path):
    workspace = Workspace(tmp_path / "workspace").ensure()
    app = serve("app.py", workspace, STREAMLIT_SERVER_ADDRESS="0.0.0.0")
    for name in ("", "import"):
        page.goto(app.address(name))
        assert settle(page).get_by_text("serves this machine alone").is_visible()
        assert page.get_by_text("docs/serve.md").is_visible()
        assert page.get_by_test_id("stMain").get_by_role("button").count() == 0
