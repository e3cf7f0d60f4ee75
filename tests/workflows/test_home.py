import shutil

import pytest

from astro_core.datasets.store import list_datasets, rename_dataset, set_recipe
from astro_core.domain import LabelEvent, RenderRecipe
from astro_core.errors import ConflictError
from astro_core.labels.store import open_store
from astro_core.runs import list_runs
from astro_core.runs.folder import RunFolder
from astro_core.workflows import home, reset_demo
from astro_core.workspace import Workspace, write_json

MANIFEST = {
    "parts": [],
    "bands": ["g", "r", "i"],
    "taxonomy": {
        "name": "t",
        "version": 1,
        "classes": [],
        "questions": [],
        "votes_are": "conditional",
        "mirror": {},
    },
    "n_bad": 0,
    "class_counts": {"spiral": 3},
    "recipe": RenderRecipe().to_json(),
}


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "w").ensure()


def add(space, name, *, simulated, n=4):
    folder = space.datasets / name
    source = {
        "reader": "demo",
        "location": "",
        "imported_at": "",
        "simulated": simulated,
        "notes": [],
    }
    folder.mkdir()
    (folder / "catalogue-f.parquet").write_bytes(b"rows")
    write_json(
        folder / "dataset.json",
        MANIFEST | {"name": name, "source": source, "fingerprint": f"f-{name}", "n_objects": n},
    )


def only(space, name):
    return next(d for d in list_datasets(space) if d.name == name)


@pytest.fixture
def no_engine(monkeypatch):
    def submit(workspace, kind, params, *, title):
        return RunFolder.create(workspace, kind=kind, params=params, title=title).run_id

    monkeypatch.setattr(home.runs, "submit", submit)


def test_counts_add_up(space):
    add(space, "one", simulated=False)
    add(space, "two", simulated=True, n=8)
    counts = home.counts(list_datasets(space), list_runs(space))
    assert (counts.n_datasets, counts.n_objects, counts.n_labelled) == (2, 12, 6)


def test_loss_counts_own_tables_and_stacks(space):
    add(space, "one", simulated=False)
    (space.stacks / "f-one-recipe").mkdir()
    (space.stacks / "f-one-recipe" / "pixels.npy").write_bytes(b"0" * 100)
    lost = home.loss(space, only(space, "one"))
    assert (lost.n_objects, lost.n_labelled, lost.disk.stacks, lost.kept) == (4, 3, 100, ())


def test_caches_are_not_cleared_under_work_in_progress(space, no_engine):
    (space.stacks / "a").mkdir()
    (space.stacks / "a" / "pixels.npy").write_bytes(b"0" * 10)
    run = home.start_demo(space)
    assert home.start_demo(space) == run
    with pytest.raises(ConflictError, match="in use"):
        home.clear_caches(space)
    shutil.rmtree(space.runs / run)
    assert home.clear_caches(space) == 10
    assert home.workspace_use(space).caches == 0


def test_a_reset_brings_the_demo_back_and_takes_the_rest(space, no_engine):
    add(space, "demo", simulated=True)
    reset_demo.keep_state(space)
    add(space, "mine", simulated=False)
    set_recipe(space, "demo", RenderRecipe(name="loud", size_px=64))
    rename_dataset(space, "demo", "played with")
    (space.datasets / "demo" / "matches").mkdir()
    (space.recipes / "loud.json").write_text("{}")
    write_json(space.selections / "demo" / "odd.json", {})
    write_json(space.clusterings / "k" / "meta.json", {})
    for stack in (f"f-demo-{RenderRecipe().key}", "f-demo-other", "f-mine-x"):
        (space.stacks / stack).mkdir()
    assert reset_demo.reset_demo(space) is None
    assert [d.name for d in list_datasets(space)] == ["demo"]
    assert only(space, "demo").recipe == RenderRecipe()
    assert not (space.datasets / "demo" / "matches").exists()
    for emptied in (space.recipes, space.selections, space.clusterings):
        assert list(emptied.iterdir()) == []
    assert [p.name for p in space.stacks.iterdir()] == [f"f-demo-{RenderRecipe().key}"]
    assert list_runs(space) == ()


def test_a_reset_takes_what_was_said(space, no_engine):
    """The store is open here, as it is in the app; it begins anew."""
    add(space, "demo", simulated=True)
    reset_demo.keep_state(space)
    event = LabelEvent(dataset="demo", object_id="a", class_name="x", reviewer="ada")
    open_store(space).append([event])
    reset_demo.reset_demo(space)
    assert open_store(space).count("demo") == 0
    open_store(space).append([event])
    assert open_store(space).count("demo") == 1


def test_a_reset_leaves_a_server_of_labels_alone(space, no_engine, tmp_path, monkeypatch):
    monkeypatch.setenv("TUNINGFORK_DATABASE", f"sqlite:///{tmp_path}/elsewhere.sqlite")
    add(space, "demo", simulated=True)
    event = LabelEvent(dataset="demo", object_id="a", class_name="x", reviewer="ada")
    open_store(space).append([event])
    space.labels.mkdir()
    reset_demo.reset_demo(space)
    assert open_store(space).count("demo") == 1


def test_a_reset_makes_a_lost_demo_again(space, no_engine):
    add(space, "demo", simulated=True)
    reset_demo.keep_state(space)
    shutil.rmtree(space.datasets / "demo")
    add(space, "mine", simulated=False)
    run = reset_demo.reset_demo(space)
    assert [r.run_id for r in list_runs(space)] == [run]
    assert list_datasets(space) == ()


def test_the_state_is_kept_once(space):
    reset_demo.keep_state(space)
    assert not (space.root / "demo-state.json").exists()  # nothing to keep yet
    add(space, "demo", simulated=True)
    reset_demo.keep_state(space)
    set_recipe(space, "demo", RenderRecipe(size_px=64))
    reset_demo.keep_state(space)
    reset_demo.reset_demo(space)
    assert only(space, "demo").recipe == RenderRecipe()
