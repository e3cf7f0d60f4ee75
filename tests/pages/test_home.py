from pathlib import Path

from streamlit.testing.v1 import AppTest

from astro_core.runs.folder import RunFolder
from astro_core.workflows import home
from astro_core.workflows.open_app import DEMO_VARIABLE

REPOSITORY = Path(__file__).resolve().parents[2]


def labels(test):
    return [b.label for b in test.button]


def test_an_empty_workspace_leads_to_the_demo_and_to_import(space, open_page):
    test = open_page("home.py")
    assert {"Import images", "Make the demo survey"} <= set(labels(test))
    assert "Open a survey" in test.markdown[0].value
    assert test.sidebar.caption[0].value == "No dataset yet."


def test_the_demo_button_submits_one_run_only(space, open_page, monkeypatch):
    submitted = []

    def submit(workspace, kind, params, *, title):
        submitted.append(kind)
        return RunFolder.create(workspace, kind=kind, params=params, title=title).run_id

    monkeypatch.setattr(home.runs, "submit", submit)
    test = open_page("home.py")
    test.button(key="home:demo").click().run()
    assert not test.exception
    assert submitted == ["demo"]
    assert home.start_demo(space)
    assert submitted == ["demo"]
    assert "Make the demo survey" not in labels(test)
    assert "Cancel" in labels(test)


def test_counts_and_cards_are_those_of_the_workspace(make_survey, open_page, html_of):
    make_survey("alpha", 24)
    make_survey("beta", 12, simulated=True)
    test = open_page("home.py")
    said = html_of(test)
    assert "<b>36</b><span>objects</span>" in said
    assert "<b>27</b><span>of them have a class</span>" in said
    assert "<b>alpha</b>" in said
    assert said.count("simulated</span>") == 1  # beta's card; alpha is open and is not simulated
    assert test.sidebar.selectbox[0].value == "alpha"


def test_what_changes_on_disk_shows_at_once(make_survey, open_page):
    make_survey("alpha")
    test = open_page("home.py")
    assert test.sidebar.selectbox[0].options == ["alpha"]
    make_survey("beta")
    assert test.run().sidebar.selectbox[0].options == ["alpha", "beta"]


def test_open_changes_the_dataset_and_the_address(make_survey, open_page):
    make_survey("alpha")
    make_survey("beta")
    test = open_page("home.py")
    assert test.query_params["dataset"] in ("alpha", ["alpha"])
    test.button(key="open:beta").click().run()
    assert test.sidebar.selectbox[0].value == "beta"
    assert test.query_params["dataset"] in ("beta", ["beta"])


def test_the_address_wins_and_a_wrong_one_is_said(make_survey, open_page):
    make_survey("alpha")
    make_survey("beta")
    assert open_page("home.py", dataset="BETA").sidebar.selectbox[0].value == "beta"
    test = open_page("home.py", dataset="<b>gone</b>")
    assert "no dataset named" in test.sidebar.warning[0].value
    assert "<b>" not in test.sidebar.warning[0].value.replace("\\<b\\>", "")


def test_names_from_files_are_not_markup(make_survey, space, open_page, html_of):
    dataset = make_survey("alpha")
    manifest = dataset.folder / "dataset.json"
    manifest.write_text(manifest.read_text().replace('"elliptical"', '"<script>x</script>"'))
    said = html_of(open_page("home.py"))
    assert "<script>" not in said
    assert "&lt;script&gt;" in said


def test_reset_is_offered_in_a_demonstration_only(make_survey, open_page, monkeypatch):
    make_survey("demo", simulated=True)
    assert "Reset the demo" not in labels(open_page("home.py"))
    monkeypatch.setenv(DEMO_VARIABLE, "1")
    assert "Reset the demo" in labels(open_page("home.py"))


def test_the_app_opens_on_home_with_its_navigation(make_survey):
    make_survey("alpha")
    test = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60).run()
    assert not test.exception
    assert any("<h1>Home</h1>" in e.proto.body for e in test.get("html"))


def test_a_dialog_names_what_deleting_takes(make_survey, open_page):
    dataset = make_survey("alpha")
    test = open_page("home.py").menu_button(key="more:alpha").click("Delete").run()
    assert not test.exception
    said = "\n".join(m.value for m in test.markdown)
    assert "The catalogue of **24 objects**, 18 of them with a class" in said
    assert dataset.parts[0].root in said  # the images stay
    assert {"Delete it", "Keep it"} <= set(labels(test))


def test_renaming_starts_from_the_present_name(make_survey, open_page):
    make_survey("alpha")
    test = open_page("home.py").menu_button(key="more:alpha").click("Rename").run()
    assert not test.exception
    assert test.text_input[0].value == "alpha"
