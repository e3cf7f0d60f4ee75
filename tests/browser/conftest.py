"""The app in headless Chromium: a running server, a small demo survey, and pages that tell.

Fixtures
--------
app
    A running server on a workspace with a small demo survey: `app.url`, `app.workspace`.
page
    A Playwright page of 1280x720. After the test it fails if the page asked anybody but the
    app for anything or had an uncaught error; a screenshot is kept when the test failed.
settle
    ``settle(page)`` waits until the script has run and everything is drawn.
in_address
    ``in_address(page, "run")`` reads a value of the page's address.
visit
    ``visit("browse", dataset="demo")`` opens an address of the app and settles.
serve
    ``serve(script, workspace)`` starts another server on a script.
apart
    ``apart()`` starts another server on a copy of the demo survey.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from astro_core.runs import execute, stop_engine
from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURES = REPOSITORY / "build" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
LOOK = {"viewport": {"width": 1280, "height": 720}, "color_scheme": "dark"}
DEMO = {"objects": 60, "seed": 3}
IDLE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]')
    && !document.querySelector('[data-stale="true"]');
}"""


@dataclass(frozen=True)
class App:
    """A running server."""

    url: str
    workspace: Workspace

    def address(self, name="", **query):
        """Address of a page."""
        return f"{self.url}/{name}" + (f"?{urlencode(query)}" if query else "")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.failed_in_browser = report.failed
    return report


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(script, workspace, log, **environment):
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.headless", "true"]
    env = {**os.environ, ENVIRONMENT_VARIABLE: str(workspace.root), **environment}
    with log.open("wb") as stream:
        server = subprocess.Popen(command, cwd=REPOSITORY, env=env, stdout=stream, stderr=stream)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        yield App(f"http://127.0.0.1:{port}", workspace)
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url, server, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"The app did not start:\n{log.read_text(errors='replace')}")


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    place = tmp_path_factory.mktemp("browser")
    workspace = Workspace(place / "workspace").ensure()
    made = execute(workspace, "demo", DEMO, title="Demo survey")
    assert made.state == "done", made.error
    with running(REPOSITORY / "app.py", workspace, place / "server.log") as server:
        yield server
    stop_engine(workspace)


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """Start another server on a script and a workspace; it stays up for the rest of the file."""
    started = []

    def start(script, workspace, **environment):
        log = tmp_path_factory.mktemp("server") / "server.log"
        server = running(script, workspace, log, **environment)
        started.append(server)
        return server.__enter__()

    yield start
    for server in started:
        server.__exit__(None, None, None)


@pytest.fixture(scope="module")
def apart(app, serve, tmp_path_factory):
    """Start another server on a copy of the demo survey, where nobody else labels anything."""

    def start():
        workspace = Workspace(tmp_path_factory.mktemp("apart") / "workspace").ensure()
        shutil.copytree(app.workspace.datasets, workspace.datasets, dirs_exist_ok=True)
        return serve(REPOSITORY / "app.py", workspace)

    return start


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    named = os.environ.get("TUNINGFORK_CHROMIUM")
    path = named or next((p for p in map(shutil.which, NAMES) if p), None)
    if path is None:
        pytest.skip("There is no Chromium here; name one in TUNINGFORK_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tab(chromium):
    """One tab for all tests: it shows a page in half the time once it has shown another."""
    context = chromium.new_context(**LOOK, reduced_motion="reduce", accept_downloads=True)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab, request):
    elsewhere, errors = [], []
    told = {
        "request": lambda r: elsewhere.append(r.url) if is_elsewhere(r.url) else None,
        "pageerror": lambda error: errors.append(str(error)),
    }
    for event, listener in told.items():
        tab.on(event, listener)
    yield tab
    if getattr(request.node, "failed_in_browser", False):
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]+", "-", request.node.name)
        tab.screenshot(path=PICTURES / f"{name}.png")
    for event, listener in told.items():
        tab.remove_listener(event, listener)
    forget(tab)
    assert not elsewhere, f"The page asked others: {elsewhere}"
    assert not errors, f"The page had errors: {errors}"


def forget(tab):
    """Leave nothing of one test to the next."""
    if tab.url.startswith("http"):
        tab.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    tab.context.clear_cookies()
    tab.context.clear_permissions()
    tab.goto("about:blank")


def is_elsewhere(url):
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.hostname not in ("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def settle():
    def wait(page, quiet_ms=250):
        """Idle, and still idle a moment later: components answer a little after the script."""
        for _ in range(2):
            page.wait_for_function(IDLE, timeout=60_000)
            page.wait_for_timeout(quiet_ms)
        page.wait_for_function(IDLE, timeout=60_000)
        return page

    return wait


@pytest.fixture(scope="session")
def in_address():
    def read(page, name):
        (value,) = parse_qs(urlsplit(page.url).query)[name]
        return value

    return read


@pytest.fixture
def visit(app, page, settle):
    def go(name="", **query):
        page.goto(app.address(name, **query))
        return settle(page)

    return go
