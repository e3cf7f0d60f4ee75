"""Runs that hold a worker throughout leave one to the others."""

from types import SimpleNamespace

import pytest
from dask.system import CPU_COUNT

from astro_core.errors import ConflictError
from astro_core.runs import cancel, get_run, resume, stop_engine, submit, wait
from astro_core.runs.dispatch import Engine
from astro_core.runs.folder import RunFolder
from astro_core.runs.processes import this_process

WORKERS = max(2, CPU_COUNT)
LONG = {"steps": 3000, "seconds": 0.02}


@pytest.fixture
def held(own_engine, until):
    """As many runs that hold a worker as there are workers: the last one has to wait."""
    ids = [submit(own_engine, "test-hold", LONG, title=f"{i}") for i in range(WORKERS)]
    for run_id in ids[:-1]:
        until((own_engine.runs / run_id / "begun").read_text, 60)
    yield ids
    for run_id in ids:
        cancel(own_engine, run_id)


def test_other_work_goes_on_beside_long_runs(own_engine, held):
    other = submit(own_engine, "test-squares", {"values": [2, 3]}, title="quick")
    assert wait(own_engine, other).result["squares"] == [4, 9]
    assert get_run(own_engine, held[-1]).state == "queued"


def test_a_long_run_begins_when_another_ends(own_engine, held, until):
    cancel(own_engine, held[0])
    assert wait(own_engine, held[0]).state == "cancelled"
    until((own_engine.runs / held[-1] / "begun").read_text)


def test_a_long_run_in_line_is_cancelled_at_once(own_engine, held):
    cancel(own_engine, held[-1])
    assert wait(own_engine, held[-1]).state == "cancelled"
    assert not (own_engine.runs / held[-1] / "begun").exists()
    assert get_run(own_engine, held[0]).state == "running"


def test_runs_in_line_are_told_when_the_engine_is_stopped(own_engine, held):
    stop_engine(own_engine)
    assert "was stopped" in get_run(own_engine, held[-1]).error


def test_a_run_begins_when_those_it_waits_for_are_done(shared):
    first = submit(shared, "test-count", {"steps": 20}, title="The first")
    second = submit(shared, "test-squares", {"values": [2]}, title="Next", after=[first])
    assert wait(shared, second).result["squares"] == [4]
    ended, begun = get_run(shared, first).ended_at, get_run(shared, second).started_at
    assert ended <= begun


def test_a_run_that_waits_for_one_that_fails_says_so(shared):
    first = submit(shared, "test-add-up", {}, title="The first")
    second = submit(shared, "test-squares", {"values": [2]}, title="Next", after=[first])
    told = wait(shared, second)
    assert told.state == "failed"
    assert "'The first', for which this one waited, did not end well" in told.error
    assert "is gone" in wait(
        shared, submit(shared, "test-squares", {"values": [2]}, title="Lost", after=["gone-1"])
    ).error  # fmt: skip


def test_a_failed_run_is_taken_up_where_it_stood(shared):
    run_id = submit(shared, "test-add-up", {}, title="A test")
    failed = wait(shared, run_id)
    assert (failed.state, failed.error) == ("failed", "Half way.")
    resume(shared, run_id)
    done = wait(shared, run_id)
    assert done.result == {"sum": 10}
    assert done.error == ""
    with pytest.raises(ConflictError, match="not to be resumed"):
        resume(shared, run_id)


def test_a_run_resumed_before_its_task_reports_keeps_its_place(workspace):
    task = SimpleNamespace(status="pending", release=lambda: None)
    task.done = lambda: task.status != "pending"
    client = SimpleNamespace(submit=lambda *_, **__: task)
    cluster = SimpleNamespace(client=client, may_hold=lambda: 1)
    engine = Engine(workspace, SimpleNamespace(owner=this_process()), cluster, grace_s=10)
    store = RunFolder.create(
        workspace, kind="test-hold", params={}, title="t", holds_worker=True, resumes=True
    )
    engine.turn()
    store.start()
    store.end("cancelled")  # what its worker writes last
    store.ask_again()
    engine.turn()
    task.status = "finished"
    engine.turn()
    assert store.read().state == "queued", store.read().error


def test_a_run_that_keeps_nothing_is_not_resumed(shared):
    run_id = submit(shared, "test-fail", {"how": "words"}, title="A test")
    wait(shared, run_id)
    with pytest.raises(ConflictError, match="keeps nothing"):
        resume(shared, run_id)
