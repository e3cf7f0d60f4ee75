import contextlib
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from astro_core import __version__
from astro_core.runs import list_runs
from astro_core.runs.locate import engine_lives


@pytest.fixture(scope="module")
def many(tmp_path_factory, sample):
    """A survey that takes many seconds: 60,000 links to one picture."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "spiral").mkdir()
    for number in range(60_000):
        os.link(sample / "spiral" / "g01.png", folder / "spiral" / f"{number}.png")
    return folder


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


def going(shell):
    return [r for r in list_runs(shell.workspace) if r.state == "running" and r.done]


def test_runs_lists_what_was_done(shell, imported):
    run = next(r for r in shell("runs", "--json").json if r["title"] == "Importing sky")
    assert (run["kind"], run["state"], run["result"]["dataset"]) == ("import", "done", "sky")
    assert "Importing sky" in shell("runs").out
    assert shell("runs", "cancel", run["run_id"]).status == 1
    assert "does not wait in line" in shell("runs", "first", run["run_id"]).err


def test_ctrl_c_cancels_the_run_and_leaves_nothing(shell, imported, many):
    before = shell("datasets", "--json").json
    process = shell.start("import", many, "--name", "stopped")
    run = until(lambda: going(shell))[0]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert f"Run {run.run_id} was cancelled and left nothing behind" in err
    assert "Traceback" not in err
    assert shell("datasets", "--json").json == before
    assert list(shell.workspace.scratch.iterdir()) == []


def test_a_run_is_cancelled_from_another_shell(shell, imported, many):
    process = shell.start("import", many, "--name", "stopped")
    run = until(lambda: going(shell))[0]
    busy = shell("engine", "stop")
    assert busy.status == 1
    assert "at work" in busy.err
    assert shell("runs", "cancel", run.run_id).out == f"Run {run.run_id}: cancelled\n"
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "was cancelled" in err
    assert shell("runs", "delete", run.run_id).status == 0
    assert run.run_id not in shell("runs").out


def test_the_engine_is_stopped_and_comes_back(shell, imported, sample):
    assert shell("engine", "stop").out == "Stopped the engine\n"
    assert not engine_lives(shell.workspace)
    assert shell("engine", "stop").out == "There was no engine\n"
    assert shell("inspect", sample, "--json").json["n_objects"] == 12


@pytest.mark.parametrize(
    "words", [("runs", "cancel"), ("runs", "delete"), ("runs", "first"), ("runs", "log")]
)
def test_an_unknown_run_is_told(shell, words):
    for run_id in ("20200101-000000-abc", "../datasets"):
        said = shell(*words, run_id)
        assert (said.status, said.out) == (1, "")
        assert run_id in said.err


def read_all(descriptor):
    """Read a terminal until nobody writes to it any more."""
    seen = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(descriptor, 65_536):
            seen += chunk
    os.close(descriptor)
    return seen.decode()


def test_a_terminal_shows_a_bar(shell, imported, sample, tmp_path):
    master, slave = pty.openpty()
    with (tmp_path / "out").open("wb") as stdout:
        process = subprocess.Popen(
            [sys.executable, "-m", "astro_core", "inspect", str(sample)],
            env=shell.environment | {"TERM": "xterm"},
            stdout=stdout,
            stderr=slave,
        )
    os.close(slave)
    seen = read_all(master)
    assert process.wait(60) == 0
    assert b"\x1b" not in (tmp_path / "out").read_bytes()
    assert "━" in seen


def test_an_error_of_the_program_is_one_line(shell, imported, tmp_path):
    manifest = shell.workspace.datasets / "broken" / "dataset.json"
    manifest.parent.mkdir()
    manifest.write_text("{}")
    try:
        said = shell("datasets")
    finally:
        manifest.unlink()
        manifest.parent.rmdir()
    assert (said.status, said.out) == (1, "")
    assert len(said.err.splitlines()) == 1
    assert "Traceback" in (shell.workspace.root / "last-error.txt").read_text()


def test_help_and_version_come_at_once(shell):
    started = time.monotonic()
    said = shell("--help")
    assert time.monotonic() - started < 2
    assert said.status == 0
    for name in ("demo", "inspect", "import", "datasets", "lupton", "render", "export", "runs"):
        assert name in said.out
    assert shell("--version").out == f"{__version__}\n"
    assert shell("import", "--help").status == 0


def test_listings_import_nothing_heavy(shell):
    for words in (["--help"], ["datasets"], ["runs"]):
        code = (
            f"import sys\nsys.argv = ['tuning-fork', *{words!r}]\n"
            "from astro_core.cli import main\nmain()\n"
            "heavy = {'distributed', 'numba', 'scipy', 'galsim', 'h5py', 'streamlit', 'plotly'}\n"
            "sys.exit(bool(heavy & set(sys.modules)))"
        )
        command = [sys.executable, "-c", code]
        subprocess.run(command, env=shell.environment, check=True, capture_output=True)
