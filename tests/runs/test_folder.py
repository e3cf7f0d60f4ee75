import json
import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.runs import cancel, delete_run, execute, get_run, list_runs
from astro_core.runs.folder import CHECKPOINT, MANIFEST, RunFolder
from astro_core.runs.processes import lives, this_process
from astro_core.runs.recover import recover, sweep_scratch
from astro_core.workspace import read_json, write_json

NOBODY = {"pid": 2**22 + 1, "made_at": 0.0}


def make(workspace, **more):
    return RunFolder.create(workspace, kind="test-count", params={"steps": 1}, title="t", **more)


def made_earlier(store, seconds):
    manifest = store.manifest()
    moment = datetime.now(UTC) - timedelta(seconds=seconds)
    write_json(store.path / MANIFEST, manifest | {"created_at": moment.isoformat()})


@pytest.mark.parametrize("run_id", ["../datasets", "/etc", "", "a/b", "..", "a\0b"])
def test_an_id_that_could_be_a_path_is_refused(workspace, run_id):
    with pytest.raises(BadInputError):
        get_run(workspace, run_id)


def test_an_unknown_run_is_not_found(workspace):
    with pytest.raises(NotFoundError, match="no run 'x1'"):
        get_run(workspace, "x1")


def test_a_reader_never_sees_half_a_run(workspace):
    stop, torn = threading.Event(), []

    def look():
        while not stop.is_set():
            ended = [run for run in list_runs(workspace) if run.state == "done"]
            torn.extend(run for run in ended if run.result != {"steps": 30})

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for _ in range(10):
            execute(workspace, "test-count", {"steps": 30, "seconds": 0.0}, title="t")
    finally:
        stop.set()
        reader.join()
    assert torn == []
    assert len(list_runs(workspace)) == 10


def test_a_crash_while_writing_leaves_the_old_state(workspace, monkeypatch):
    store = make(workspace)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json, "dump", full)
    with pytest.raises(OSError, match="No space"):
        store.update_state(state="running")
    assert store.state()["state"] == "queued"


def test_the_newest_run_comes_first(workspace):
    ids = [make(workspace).run_id for _ in range(3)]
    assert [run.run_id for run in list_runs(workspace)] == ids[::-1]


def test_a_run_whose_process_died_is_seen_as_failed(workspace):
    store = make(workspace, owner=NOBODY)
    store.start()
    run = get_run(workspace, store.run_id)
    assert run.state == "failed"
    assert run.error == "The engine stopped while this was under way. Start it again."
    assert store.state()["state"] == "running"
    recover(workspace)
    assert store.state()["state"] == "failed"


def test_a_run_that_no_engine_took_up_is_seen_as_failed(workspace):
    store = make(workspace)
    assert get_run(workspace, store.run_id).state == "queued"
    made_earlier(store, 100)
    assert "before this began" in get_run(workspace, store.run_id).error


def test_a_living_process_is_told_from_a_later_one_with_its_number():
    owner = this_process()
    assert lives(owner)
    assert not lives(owner | {"made_at": owner["made_at"] - 1000})
    assert not lives(NOBODY)
    assert not lives(None)


def test_sweeping_spares_the_living_and_the_fresh(workspace):
    living, dead = make(workspace, owner=this_process()), make(workspace, owner=NOBODY)
    for store in (living, dead):
        store.start()
        (workspace.scratch / store.run_id).mkdir()
    fresh, forgotten = (workspace.scratch_folder("upload") for _ in range(2))
    two_days_ago = time.time() - 2 * 86_400
    os.utime(forgotten, (two_days_ago, two_days_ago))
    sweep_scratch(workspace)
    assert {p.name for p in workspace.scratch.iterdir()} == {living.run_id, fresh.name}


def test_only_a_run_that_has_ended_can_be_deleted(workspace):
    store = make(workspace, owner=this_process())
    with pytest.raises(ConflictError, match="Cancel it first"):
        delete_run(workspace, store.run_id)
    store.end("done", result={})
    delete_run(workspace, store.run_id)
    assert list_runs(workspace) == ()
    assert list(workspace.scratch.iterdir()) == []


def test_cancelling_what_has_ended_changes_nothing(workspace):
    run = execute(workspace, "test-count", {"steps": 1}, title="t")
    cancel(workspace, run.run_id)
    assert get_run(workspace, run.run_id) == run
    assert not (workspace.engine / "engine.json").exists()


def test_the_first_end_of_a_run_counts(workspace):
    store = make(workspace)
    store.end("cancelled")
    store.end("done", result={"n": 1})
    assert store.read().state == "cancelled"
    assert read_json(store.path / "state.json")["error"] == ""


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_checkpoint_stays_as_long_as_the_run_can_be_resumed(workspace, state):
    store = make(workspace)
    kept = store.path / CHECKPOINT / "weights"
    kept.parent.mkdir()
    kept.touch()
    store.end(state)
    assert kept.exists() is (state != "done")
    store.end("done")
    assert kept.exists() is (state != "done")


def test_names_sort_in_the_order_of_submitting(workspace):
    made = [RunFolder.create(workspace, kind="k", params={}, title="t").run_id for _ in range(30)]
    assert made == sorted(made)
