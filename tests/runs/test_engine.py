import os
import time

import psutil
import pytest

from astro_core.runs import cancel, get_run, list_runs, submit, wait
from astro_core.runs.locate import engine_owner


def finish(workspace, kind, **params):
    return wait(workspace, submit(workspace, kind, params, title="A test"))


def family(workspace):
    engine = psutil.Process(engine_owner(workspace)["pid"])
    return [engine, *engine.children(recursive=True)]


def begun(workspace, run_id, until):
    """Wait until a run is at work and return the number of its process."""
    return int(until((workspace.runs / run_id / "begun").read_text))


def test_submitting_returns_at_once(shared):
    started = time.monotonic()
    run_id = submit(shared, "test-count", {"steps": 1}, title="A test")
    assert time.monotonic() - started < 0.5
    assert wait(shared, run_id).state == "done"


def test_progress_can_be_followed(shared):
    seen = []
    run_id = submit(shared, "test-count", {"steps": 30, "seconds": 0.03}, title="A test")
    run = wait(shared, run_id, seen.append)
    assert run.result == {"steps": 30}
    assert [r.done for r in seen] == sorted(r.done for r in seen)
    assert len({r.done for r in seen}) >= 3
    assert seen[-1] == run


def test_a_map_uses_both_workers_and_keeps_positions(shared):
    run = finish(shared, "test-squares", values=list(range(40)), seconds=0.02)
    assert run.result["squares"] == [v * v for v in range(40)]
    assert sorted(run.result["order"]) == list(range(40))
    assert len(run.result["pids"]) == 2
    assert os.getpid() not in run.result["pids"]
    assert not list((shared.runs / run.run_id).glob(".stop*"))


def test_an_empty_map_ends(shared):
    assert finish(shared, "test-squares", values=[]).result["squares"] == []


def test_failures_are_told_in_words(shared):
    assert finish(shared, "test-fail", how="words").error == (
        "Bands differ in shape. Expected equal shapes; got 3."
    )
    assert "KeyError" in finish(shared, "test-fail", how="bug").error
    assert "no run kind named 'tea'" in finish(shared, "tea").error


def test_a_call_of_a_map_that_fails_ends_the_run_with_its_words(shared):
    run = finish(shared, "test-refuse-map")
    assert run.state == "failed"
    assert run.error == "Bands differ in shape. Expected equal shapes; got 3."


def test_more_runs_than_workers_do_not_block_each_other(shared):
    ids = [
        submit(shared, "test-squares", {"values": [1, 2, 3], "seconds": 0.05}, title=f"{i}")
        for i in range(6)
    ]
    assert [wait(shared, i).state for i in ids] == ["done"] * 6
    assert [r.run_id for r in list_runs(shared)][:6] == ids[::-1]


def test_cancelling_stops_a_run_that_reports(shared, until):
    run_id = submit(shared, "test-count", {"steps": 3000, "seconds": 0.02}, title="A test")
    pid = begun(shared, run_id, until)
    cancel(shared, run_id)
    run = wait(shared, run_id)
    assert run.state == "cancelled"
    assert run.done < 3000
    assert psutil.pid_exists(pid)
    assert not (shared.scratch / run_id).exists()


def test_cancelling_a_map_awaits_calls_that_have_begun(shared, until, tmp_path):
    params = {"values": list(range(200)), "seconds": 0.2, "mark": str(tmp_path)}
    run_id = submit(shared, "test-squares", params, title="A test")
    begun(shared, run_id, until)
    until(lambda: any(tmp_path.iterdir()))
    cancel(shared, run_id)
    assert wait(shared, run_id).state == "cancelled"
    started = len(list(tmp_path.iterdir()))
    time.sleep(0.4)
    assert len(list(tmp_path.iterdir())) == started < 30


@pytest.mark.parametrize("kind", ["test-deaf", "test-deaf-map"])
def test_a_run_that_does_not_listen_is_ended_by_force(shared, until, kind):
    run_id = submit(shared, kind, {}, title="A test")
    pid = begun(shared, run_id, until)
    time.sleep(0.3)
    cancel(shared, run_id)
    started = time.monotonic()
    assert wait(shared, run_id).state == "cancelled"
    assert time.monotonic() - started < 40  # it would sleep for a minute
    assert not psutil.pid_exists(pid)
    assert not (shared.scratch / run_id).exists()
    assert finish(shared, "test-squares", values=[4]).result["squares"] == [16]
    assert get_run(shared, run_id).state == "cancelled"


def test_a_run_still_in_line_is_cancelled_at_once(shared, until):
    busy = [submit(shared, "test-deaf", {}, title="busy") for _ in range(2)]
    for run_id in busy:
        begun(shared, run_id, until)
    waiting = submit(shared, "test-count", {"steps": 1}, title="waits")
    time.sleep(0.4)
    assert get_run(shared, waiting).state == "queued"
    cancel(shared, waiting)
    assert wait(shared, waiting).state == "cancelled"
    assert not (shared.runs / waiting / "begun").exists()
    for run_id in busy:
        cancel(shared, run_id)
    assert {wait(shared, run_id).state for run_id in busy} == {"cancelled"}


def test_a_run_is_finished_though_its_process_was_killed(shared):
    run = finish(shared, "test-dies-once")
    assert run.result == {"done": True}
    assert "Started again" in (shared.runs / run.run_id / "log.txt").read_text()


def test_a_map_is_finished_though_a_worker_was_killed(shared, until):
    params = {"values": list(range(30)), "seconds": 0.1}
    run_id = submit(shared, "test-squares", params, title="A test")
    here = begun(shared, run_id, until)
    until(lambda: get_run(shared, run_id).done)
    workers = [p for p in family(shared)[1:] if "spawn_main" in " ".join(p.cmdline())]
    next(p for p in workers if p.pid != here).kill()
    assert wait(shared, run_id).result["squares"] == [v * v for v in range(30)]


def test_a_run_that_kills_its_process_every_time_fails_in_words(shared):
    run = finish(shared, "test-dies-always")
    assert run.state == "failed"
    assert "ended again and again" in run.error


def test_everything_listens_on_this_machine_only(shared):
    finish(shared, "test-count", steps=1)
    listening = [
        c.laddr.ip
        for p in family(shared)
        for c in p.net_connections()
        if c.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) == {"127.0.0.1"}
