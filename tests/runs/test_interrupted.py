"""Runs whose engine or machine ends under them go on where they stood."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from astro_core.runs import cancel, ensure_engine, get_run, submit, wait
from astro_core.runs.folder import RunFolder
from astro_core.runs.locate import engine_lives, engine_owner
from astro_core.runs.processes import this_process
from astro_core.runs.recover import MOST_INTERRUPTIONS, recover, sweep_scratch
from astro_core.workspace import write_json

NOBODY = {"pid": 2**22 + 1, "made_at": 0.0}
LONG = {"steps": 150, "seconds": 0.05}
SUBMIT = """
import sys
from pathlib import Path
from astro_core.runs import submit
from astro_core.workspace import Workspace
import kinds_for_engine
params = {"steps": 150, "seconds": 0.05}
print(submit(Workspace(Path(sys.argv[1])), "test-keep", params, title="t"), flush=True)
sys.stdin.read()
"""


def planted(workspace, *, resumes=True, begun=True, **state):
    """A run whose engine is gone."""
    store = RunFolder.create(
        workspace, kind="test-keep", params={}, title="t", resumes=resumes, owner=NOBODY
    )
    if begun:
        store.start()
    store.update_state(**state)
    return store


def test_a_run_that_keeps_what_it_reached_is_seen_waiting(workspace):
    store = planted(workspace)
    store.write_progress(4, 10, "counting")
    run = get_run(workspace, store.run_id)
    assert (run.state, run.done, run.total) == ("queued", 4, 10)
    assert run.message == "Cut off; it goes on where it stood"
    assert get_run(workspace, planted(workspace, resumes=False).run_id).state == "failed"


def test_a_run_that_only_waited_is_seen_waiting_whatever_it_keeps(workspace):
    store = planted(workspace, resumes=False, begun=False)
    assert get_run(workspace, store.run_id).state == "queued"
    recover(workspace)
    state = store.state()
    assert (state["owner"], state["interruptions"]) == (None, 0)


def test_recovering_puts_it_back_in_line_and_clears_its_scratch(workspace):
    store = planted(workspace)
    (workspace.scratch / store.run_id).mkdir()
    sweep_scratch(workspace)
    recover(workspace)
    state = store.state()
    assert (state["state"], state["owner"], state["interruptions"]) == ("queued", None, 1)
    assert "taken up again" in store.read_log()
    assert not (workspace.scratch / store.run_id).exists()


def test_a_run_that_takes_the_machine_down_is_not_begun_for_ever(workspace):
    store = planted(workspace, interruptions=MOST_INTERRUPTIONS)
    assert "again and again" in get_run(workspace, store.run_id).error
    recover(workspace)
    assert store.state()["state"] == "failed"


def test_a_process_that_was_cut_off_and_works_on_is_ended_first(workspace):
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    made_at = psutil.Process(sleeper.pid).create_time()
    store = planted(workspace)
    store.update_state(worker=this_process() | {"pid": sleeper.pid, "made_at": made_at})
    recover(workspace)
    sleeper.wait(10)


def test_what_it_took_counts_all_starts_and_not_the_time_between(workspace):
    store = planted(workspace)
    begun = "2026-01-01T10:00:00+00:00"
    store.update_state(started_at=begun)
    path = store.path / "progress.json"
    write_json(path, {"done": 1, "total": 2, "message": ""})
    os.utime(path, (1767261630, 1767261630))  # half a minute later
    run = get_run(workspace, store.run_id)
    assert run.spent_s == 30
    recover(workspace)
    assert get_run(workspace, store.run_id).spent_s == 30
    store.start()
    store.end("failed", error="x", at=store.state()["started_at"])
    store.ask_again()
    assert store.read().spent_s == pytest.approx(30, abs=0.1)


def family(workspace):
    engine = psutil.Process(engine_owner(workspace)["pid"])
    return [engine, *engine.children(recursive=True)]


def test_all_is_killed_and_it_goes_on_by_itself(own_engine, until):
    app = subprocess.Popen(
        [sys.executable, "-c", SUBMIT, str(own_engine.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    run_id = app.stdout.readline().strip()
    until(lambda: get_run(own_engine, run_id).done > 5, 60)
    assert get_run(own_engine, run_id).memory_bytes > 10_000_000
    for process in (app, *family(own_engine)):
        process.kill()
    app.communicate()
    until(lambda: not engine_lives(own_engine))
    reached = get_run(own_engine, run_id)
    assert (reached.state, reached.started_at) == ("queued", "")
    assert 5 < reached.done < 150
    ensure_engine(own_engine)
    run = wait(own_engine, run_id)
    assert run.result == {"steps": 150, "processes": 2}
    assert run.spent_s == pytest.approx(reached.spent_s, abs=0.1)
    assert "taken up again" in (own_engine.runs / run_id / "log.txt").read_text()


def test_a_machine_that_shuts_down_leaves_runs_to_the_next_engine(own_engine, until):
    kept = submit(own_engine, "test-keep", LONG, title="t")
    until(lambda: get_run(own_engine, kept).done > 2, 60)
    lost = submit(own_engine, "test-deaf", {}, title="t")
    until((own_engine.runs / lost / "begun").exists)
    owner = engine_owner(own_engine)
    os.kill(owner["pid"], signal.SIGTERM)
    until(lambda: not engine_lives(own_engine), 40)
    assert "engine was stopped" in get_run(own_engine, lost).error
    assert get_run(own_engine, kept).state == "queued"
    cancel(own_engine, kept)  # starts an engine, which hears of it
    assert wait(own_engine, kept).state == "cancelled"
