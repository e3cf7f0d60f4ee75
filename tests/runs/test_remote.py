"""A scheduler elsewhere: who may be spoken to, what is said when nobody answers, and the work."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from astro_core.errors import BadInputError
from astro_core.runs import cancel, get_run, list_runs, places, resume, submit, wait
from astro_core.runs.locate import engine_lives
from astro_core.runs.processes import kill_tree
from astro_core.runs.remote import AUTHORITY, CERTIFICATE, KEY, PATIENCE, SCHEDULER, remote

HERE = Path(__file__).parent
TLS = (AUTHORITY, CERTIFICATE, KEY)


@pytest.fixture
def certificate(tmp_path_factory):
    """A certificate that is its own authority, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and it is not here")
    folder = tmp_path_factory.mktemp("tls")
    pem, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-keyout", key, "-out", pem],
        check=True, capture_output=True,
    )  # fmt: skip
    return pem, key


@pytest.fixture
def settings(certificate, monkeypatch):
    pem, key = certificate
    for name, path in zip(TLS, (pem, pem, key), strict=True):
        monkeypatch.setenv(name, str(path))
    return lambda address: monkeypatch.setenv(SCHEDULER, address)


@pytest.fixture
def elsewhere(own_engine, certificate, settings, tmp_path):
    """A workspace whose work is done by the worker of a scheduler that speaks TLS."""
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    cluster = subprocess.Popen(
        [sys.executable, HERE / "tls_cluster.py", *certificate],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    settings(cluster.stdout.readline().strip())
    yield SimpleNamespace(workspace=own_engine, process=cluster)
    kill_tree(cluster.pid)
    cluster.communicate()


def test_without_the_setting_the_work_is_done_here(monkeypatch):
    monkeypatch.delenv(SCHEDULER, raising=False)
    assert remote() is None
    monkeypatch.setenv(SCHEDULER, "tcp://127.0.0.1:8786")
    assert remote().certificates == {}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://10.0.0.7:8786", "in encrypted form"),
        ("tcp://127.0.0.1.evil.org:8786", "in encrypted form"),
        ("10.0.0.7:8786", "is no address"),
        ("tls://host", "is no address"),
        ("http://localhost:8786", "is no address"),
        ("tls://host:99999999", "is no address"),
        ("tls://host:8786", f"needs the setting {AUTHORITY}"),
    ],
)
def test_what_cannot_be_spoken_to_is_refused_before_there_is_a_run(
    workspace, monkeypatch, address, words
):
    for name in TLS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(SCHEDULER, address)
    with pytest.raises(BadInputError, match=words):
        submit(workspace, "test-count", {"steps": 1}, title="t")
    assert list_runs(workspace) == ()


def test_a_certificate_that_is_not_there_is_named(settings, monkeypatch):
    settings("tls://host:8786")
    monkeypatch.setenv(KEY, "/nowhere/key.pem")
    with pytest.raises(BadInputError, match=f"{KEY}.*'/nowhere/key.pem', which is not there"):
        remote()


def test_a_scheduler_that_does_not_answer_is_told_in_words(own_engine, settings, monkeypatch):
    monkeypatch.setenv(PATIENCE, "1")
    with socket.socket() as taken:  # bound and silent
        taken.bind(("127.0.0.1", 0))
        settings(f"tls://127.0.0.1:{taken.getsockname()[1]}")
        run = wait(own_engine, submit(own_engine, "test-count", {"steps": 1}, title="t"))
    assert run.state == "failed"
    assert "does not answer" in run.error
    assert f"unset {SCHEDULER} to work on this machine" in run.error
    monkeypatch.delenv(SCHEDULER)
    assert wait(own_engine, submit(own_engine, "test-count", {"steps": 1}, title="t")).finished


def test_the_worker_of_a_scheduler_elsewhere_does_the_work(elsewhere, until):
    space = elsewhere.workspace
    run = wait(space, submit(space, "test-squares", {"values": [2, 3]}, title="t"))
    assert run.result["squares"] == [4, 9], run.error
    long = {"steps": 3000, "seconds": 0.02}
    first, second = (submit(space, "test-hold", long, title=name) for name in "ab")
    until((space.runs / first / "begun").exists, 60)
    assert places(space, list_runs(space)) == {second: 1}  # one at a time on a worker
    for run_id in (first, second):
        cancel(space, run_id)
    assert {wait(space, i).state for i in (first, second)} == {"cancelled"}


def test_a_lost_scheduler_is_told_and_the_run_taken_up_here(elsewhere, until, monkeypatch):
    space = elsewhere.workspace
    run_id = submit(space, "test-keep", {"steps": 60, "seconds": 0.05}, title="t")
    until(lambda: get_run(space, run_id).done > 3, 60)
    kill_tree(elsewhere.process.pid)
    run = wait(space, run_id)
    assert (run.state, run.done < 60) == ("failed", True)
    assert "connection to the scheduler was lost" in run.error
    until(lambda: not engine_lives(space), 60)
    monkeypatch.delenv(SCHEDULER)
    resume(space, run_id)
    assert wait(space, run_id).result == {"steps": 60, "processes": 2}
