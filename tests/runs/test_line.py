"""Who is next, and how to change that."""

import pytest
from dask.system import CPU_COUNT

from astro_core.errors import ConflictError, NotFoundError
from astro_core.runs import (
    cancel,
    get_run,
    line,
    list_runs,
    look_after,
    move_to_front,
    places,
    submit,
)
from astro_core.runs.folder import MANIFEST, RunFolder
from astro_core.workspace import write_json

LONG = {"steps": 3000, "seconds": 0.02}


def waiting(workspace, title, **more):
    return RunFolder.create(workspace, kind="test-count", params={}, title=title, **more).run_id


def test_places_follow_the_order_of_asking_in_two_lines(workspace):
    a, b = waiting(workspace, "a"), waiting(workspace, "b")
    long = waiting(workspace, "long", holds_worker=True)
    waiting(workspace, "quick", quick=True)
    assert places(workspace, list_runs(workspace)) == {a: 1, b: 2, long: 1}


def test_the_last_one_moved_to_the_front_is_the_first(workspace):
    a, b, c = (waiting(workspace, name) for name in "abc")
    move_to_front(workspace, b)
    move_to_front(workspace, c)
    assert places(workspace, list_runs(workspace)) == {c: 1, b: 2, a: 3}


def test_whoever_looks_sees_to_it_that_runs_that_wait_have_an_engine(workspace, monkeypatch):
    asked = []
    monkeypatch.setattr(line, "ensure_engine", asked.append)
    waiting(workspace, "new")
    look_after(workspace, list_runs(workspace))
    assert asked == []
    store = RunFolder(workspace, waiting(workspace, "old"))
    earlier = {"created_at": "2026-01-01T00:00:00+00:00"}
    write_json(store.path / MANIFEST, store.manifest() | earlier)
    store.put_back(interruptions=1)
    for _ in range(3):
        look_after(workspace, list_runs(workspace))
    assert asked == [workspace]


def test_only_a_run_that_waits_is_moved(workspace):
    store = RunFolder(workspace, waiting(workspace, "a"))
    store.end("cancelled")
    with pytest.raises(ConflictError, match="does not wait"):
        move_to_front(workspace, store.run_id)
    with pytest.raises(NotFoundError):
        move_to_front(workspace, "x")
    assert places(workspace, list_runs(workspace)) == {}


def test_the_engine_begins_runs_in_the_order_of_the_line(own_engine, until):
    n = max(2, CPU_COUNT)  # one more than may hold a worker at a time
    ids = [submit(own_engine, "test-hold", LONG, title=f"{i}") for i in range(n + 1)]
    for run_id in ids[: n - 1]:
        until((own_engine.runs / run_id / "begun").exists, 60)
    before, last = ids[-2:]
    assert places(own_engine, list_runs(own_engine)) == {before: 1, last: 2}
    move_to_front(own_engine, last)
    cancel(own_engine, ids[0])
    until((own_engine.runs / last / "begun").exists, 60)
    assert get_run(own_engine, before).state == "queued"
    for run_id in ids:
        cancel(own_engine, run_id)
