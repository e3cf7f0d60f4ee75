"""Home as a person uses it: make the demo, watch it, stop it, rename, delete."""

from pathlib import Path

import pytest

from astro_core.datasets.store import list_datasets
from astro_core.domain import Dataset, ImagePart, Source, plain_taxonomy
from astro_core.runs import list_runs, stop_engine
from astro_core.workspace import Workspace

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def empty_app(serve, tmp_path_factory):
    """A server of its own: these tests change what is in the workspace."""
    workspace = Workspace(tmp_path_factory.mktemp("home") / "workspace").ensure()
    yield serve(REPOSITORY / "app.py", workspace, TUNINGFORK_DEMO="1")
    stop_engine(workspace)


def add(workspace, name):
    import pandas as pd

    from astro_core.datasets.catalogue import REQUIRED_COLUMNS
    from astro_core.datasets.store import publish_dataset, write_state

    frame = pd.DataFrame({c: [None] * 2 for c in REQUIRED_COLUMNS})
    frame["object_id"], frame["file"] = ["a", "b"], ["a.jpg", "b.jpg"]
    frame["part"] = frame["row"] = 0
    made = workspace.scratch_folder("made") / "dataset"
    made.mkdir()
    dataset = Dataset(
        name=name,
        folder=made,
        parts=(ImagePart(layout="picture", root="/nowhere", bands=("R", "G", "B")),),
        bands=("R", "G", "B"),
        taxonomy=plain_taxonomy(name, ("spiral",)),
        source=Source(reader="folders", location="", imported_at="2026-01-01T00:00:00Z"),
        fingerprint=name,
        n_objects=2,
        n_bad=0,
        class_counts={"spiral": 1},
    )
    write_state(made, dataset, frame, [])
    publish_dataset(workspace, made, name)


def names(app):
    return [d.name for d in list_datasets(app.workspace)]


def test_the_demo_is_made_with_progress_and_can_be_stopped(empty_app, page, settle):
    page.goto(empty_app.url)
    settle(page)
    page.get_by_role("button", name="Make the demo survey").click()
    page.get_by_text("Making the demo survey").wait_for()
    page.get_by_text(" per second").wait_for(timeout=60_000)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("was cancelled. Nothing was changed.").wait_for(timeout=60_000)
    assert [run.state for run in list_runs(empty_app.workspace)] == ["cancelled"]
    assert names(empty_app) == []
    page.get_by_role("button", name="Make the demo survey").wait_for()


def test_rename_refuses_a_taken_name_and_takes_a_free_one(empty_app, page, settle):
    add(empty_app.workspace, "alpha")
    add(empty_app.workspace, "beta")
    page.goto(empty_app.address(dataset="alpha"))
    settle(page)
    page.get_by_role("button", name="More").first.click()
    page.get_by_text("Rename").click()
    field = page.get_by_role("dialog").get_by_label("Name")
    field.fill("Beta")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    page.get_by_text("There is already a dataset named 'Beta'").wait_for()
    field.fill("gamma")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    page.get_by_role("dialog").wait_for(state="detached")
    settle(page)
    assert names(empty_app) == ["beta", "gamma"]
    assert "dataset=gamma" in page.url


def test_delete_asks_and_says_what_goes(empty_app, page, settle):
    page.goto(empty_app.address(dataset="gamma"))
    settle(page)
    page.get_by_role("button", name="More").first.click()
    page.get_by_text("Delete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("2 objects").wait_for()
    dialog.get_by_text("/nowhere").wait_for()
    dialog.get_by_role("button", name="Keep it").click()
    dialog.wait_for(state="detached")
    assert names(empty_app) == ["beta", "gamma"]
    settle(page)
    page.get_by_role("button", name="More").first.click()
    page.get_by_text("Delete").click()
    dialog.get_by_role("button", name="Delete it").click()
    dialog.wait_for(state="detached")
    settle(page)
    assert names(empty_app) == ["beta"]
    assert "dataset=beta" in page.url


def test_reset_starts_the_demonstration_over(empty_app, page, settle):
    page.goto(empty_app.url)
    settle(page)
    page.get_by_role("button", name="Reset the demo").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    page.get_by_text("Making the demo survey").wait_for(timeout=60_000)
    assert names(empty_app) == []
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("was cancelled. Nothing was changed.").wait_for(timeout=60_000)
