"""Functions called in a process of their own, with bounds."""

import os
import threading
from pathlib import Path

import psutil
import pytest

from astro_core.domain import Cancelled
from astro_core.runs import apart
from astro_core.runs.apart import Bounds, run_apart

PLENTY = Bounds(seconds=20, memory_bytes=200_000_000)


@pytest.fixture(scope="module", autouse=True)
def own_keeper(engine_knows_the_kinds):
    """A kept process that finds the tests' functions."""
    keeper, apart._KEEPER = apart._KEEPER, apart._Keeper()
    yield
    apart._KEEPER.close()
    apart._KEEPER = keeper


@pytest.fixture
def call(tmp_path):
    def run(name, bounds=PLENTY, progress=lambda *_: None, **params):
        out = tmp_path / "out"
        why = run_apart(f"work_apart:{name}", {"out": str(out), **params}, bounds, progress)
        return why, out.read_text() if out.exists() else ""

    return run


def test_the_work_is_done_elsewhere_and_its_progress_is_heard(call):
    heard = []
    why, pid = call("note", progress=lambda *told: heard.append(told))
    assert why == ""
    assert int(pid) != os.getpid()
    assert (1, 2, "Writing") in heard


def test_each_call_has_a_process_that_is_gone_afterwards(call, until):
    pids = [int(call("note")[1]) for _ in range(3)]
    assert len(set(pids)) == 3
    assert until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


def test_too_much_time_ends_it(call, until):
    why, pid = call("sleep", Bounds(seconds=0.3, memory_bytes=10**8))
    assert why == "Sleeping took longer than 0.3 s"
    assert until(lambda: not psutil.pid_exists(int(pid)))


def test_memory_beyond_the_bound_is_refused(call):
    why, out = call("take_memory", n_bytes=400_000_000)
    assert out == "refused"
    assert why == "Taking wanted more than 0.2 GB of memory, or crashed"
    assert call("take_memory", n_bytes=50_000_000)[0] == ""


def test_a_crash_harms_nobody(call):
    assert call("crash")[0].startswith("Crashing")
    assert call("note")[0] == ""


def test_cancelling_kills_it_at_once(call, tmp_path, until):
    def cancel(done, total, message):
        if (tmp_path / "out").exists():
            raise Cancelled

    with pytest.raises(Cancelled):
        call("sleep", progress=cancel)
    pid = int((tmp_path / "out").read_text())
    assert until(lambda: not psutil.pid_exists(pid))


def test_a_kept_process_that_died_is_replaced(call, until):
    assert call("note")[0] == ""
    keeper = next(c for c in psutil.Process().children() if apart.MODULE in c.cmdline())
    keeper.kill()
    until(lambda: not keeper.is_running())
    assert call("note")[0] == ""


def test_several_go_on_beside_each_other_and_more_wait(call, tmp_path):
    waited = []

    def wait(done, total, message):
        if message == "Waiting for others":
            waited.append(message)

    bounds = Bounds(seconds=0.6, memory_bytes=10**8)
    work = [
        threading.Thread(
            target=run_apart,
            args=("work_apart:sleep", {"out": str(Path(tmp_path) / str(i))}, bounds, wait),
        )
        for i in range(apart.AT_ONCE + 1)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert waited
    assert len(list(tmp_path.iterdir())) == apart.AT_ONCE + 1
