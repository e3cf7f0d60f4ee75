import os
import signal
import time
import urllib.error
import urllib.request

import psutil

from astro_core.runs import list_runs
from astro_core.workflows.open_app import free_port


def answer(address, process, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return response.read()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")


def test_open_serves_the_app_on_this_machine(shell, imported):
    before = len(list_runs(shell.workspace))
    port = free_port(18_500)
    process = shell.start("open", "--no-browser", "--port", port)
    try:
        assert answer(f"http://127.0.0.1:{port}/_stcore/health", process) == b"ok"
        listening = {
            c.laddr.ip
            for c in psutil.Process(process.pid).net_connections()
            if c.status == psutil.CONN_LISTEN
        }
        assert listening <= {"127.0.0.1", "::1"}
    finally:
        os.kill(process.pid, signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert f"http://localhost:{port}" in out + err
    assert len(list_runs(shell.workspace)) == before  # there is a dataset, so no demo is made


def test_a_port_out_of_range_is_refused(shell):
    assert shell("open", "--port", 70_000).status == 1
