import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil

import astro_core
from astro_core.runs import ensure_engine, get_run, stop_engine, submit, wait
from astro_core.runs.locate import engine_lives, engine_owner, launch
from astro_core.runs.processes import lives

SUBMIT = """
import sys
from pathlib import Path
from astro_core.runs import submit
from astro_core.workspace import Workspace
params = {"steps": 40, "seconds": 0.05}
print(submit(Workspace(Path(sys.argv[1])), "test-count", params, title="t"), flush=True)
sys.stdin.read()
"""


def app(workspace):
    """Another process that submits a run, tells its id and stays."""
    return subprocess.Popen(
        [sys.executable, "-c", SUBMIT, str(workspace.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def end(process):
    process.kill()
    process.communicate()


def test_two_apps_share_one_engine_that_outlives_them(own_engine, until):
    apps = [app(own_engine), app(own_engine)]
    ids = [process.stdout.readline().strip() for process in apps]
    until(lambda: all(get_run(own_engine, i).done > 2 for i in ids))
    engines = [
        p.pid
        for p in psutil.process_iter(["cmdline"])
        if {"astro_core.runs.engine", str(own_engine.root)} <= set(p.info["cmdline"] or ())
    ]
    assert engines == [engine_owner(own_engine)["pid"]]
    for process in apps:
        end(process)
    assert [wait(own_engine, i).result for i in ids] == [{"steps": 40}] * 2


def test_a_killed_engine_is_noticed_and_replaced(own_engine, until):
    run_id = submit(own_engine, "test-count", {"steps": 2000, "seconds": 0.05}, title="t")
    until(lambda: get_run(own_engine, run_id).done)
    engine = psutil.Process(engine_owner(own_engine)["pid"])
    children = engine.children(recursive=True)
    half_made = own_engine.scratch / run_id
    assert half_made.exists()
    engine.kill()
    run = wait(own_engine, run_id)
    assert (run.state, run.error) == (
        "failed",
        "The engine stopped while this was under way. Start it again.",
    )
    psutil.wait_procs(children, timeout=10)
    assert not any(child.is_running() for child in children)
    again = wait(own_engine, submit(own_engine, "test-count", {"steps": 2}, title="t"))
    assert again.state == "done"
    assert not half_made.exists()


def test_stopping_the_engine_says_so_in_its_runs(own_engine, until):
    run_id = submit(own_engine, "test-deaf", {}, title="t")
    until((own_engine.runs / run_id / "begun").exists)
    assert stop_engine(own_engine)
    assert "engine was stopped" in get_run(own_engine, run_id).error
    assert not stop_engine(own_engine)
    assert not (own_engine.scratch / run_id).exists()


def test_an_idle_engine_ends_by_itself(own_engine, until, engine_is_up):
    process = launch(own_engine, "--idle-s", "0.5")
    engine_is_up(own_engine)
    assert process.wait(100) == 0
    assert not engine_lives(own_engine)
    assert "Traceback" not in (own_engine.engine / "log.txt").read_text()
    assert wait(own_engine, submit(own_engine, "test-count", {"steps": 1}, title="t")).finished


def test_an_engine_ends_with_its_workspace(own_engine, until):
    wait(own_engine, submit(own_engine, "test-count", {"steps": 1}, title="t"))
    owner = engine_owner(own_engine)
    shutil.rmtree(own_engine.root)
    until(lambda: not lives(owner))
    time.sleep(0.3)
    assert [str(p) for p in own_engine.root.rglob("*")] == []
    assert not own_engine.root.exists()


def test_changed_code_means_a_new_engine(own_engine, until, tmp_path, monkeypatch):
    copy = tmp_path / "code" / "astro_core"
    ignore = shutil.ignore_patterns("__pycache__", "*.js")
    shutil.copytree(Path(astro_core.__file__).parent, copy, ignore=ignore)
    monkeypatch.setattr(astro_core, "__file__", str(copy / "__init__.py"))
    ensure_engine(own_engine)
    wait(own_engine, submit(own_engine, "test-count", {"steps": 1}, title="t"))
    before = engine_owner(own_engine)
    later = time.time() + 10
    os.utime(copy / "errors.py", (later, later))
    time.sleep(0.5)  # an engine that is at work goes on with what it has
    run = wait(own_engine, submit(own_engine, "test-count", {"steps": 1}, title="t"))
    assert run.state == "done"
    assert engine_owner(own_engine)["pid"] != before["pid"]
