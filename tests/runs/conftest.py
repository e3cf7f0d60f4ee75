import contextlib
import os
import sys
import time
from pathlib import Path

import pytest

from astro_core.runs.locate import engine_lives, launch, stop_engine
from astro_core.workspace import Workspace

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import kinds_for_engine  # noqa: E402, F401


@pytest.fixture(scope="session")
def engine_knows_the_kinds():
    """Engines started from here load the tests' kinds of runs into their workers."""
    settings = {
        "PYTHONPATH": str(HERE),
        "DASK_DISTRIBUTED__WORKER__PRELOAD": "['kinds_for_engine']",
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    yield
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "workspace").ensure()


@pytest.fixture
def own_engine(workspace, engine_knows_the_kinds):
    """A workspace whose engine is this test's own and ends with it."""
    yield workspace
    stop_engine(workspace)


@pytest.fixture(scope="session")
def shared(tmp_path_factory, engine_knows_the_kinds):
    """A workspace with a running engine that ends deaf runs after 1.5 seconds."""
    workspace = Workspace(tmp_path_factory.mktemp("shared")).ensure()
    process = launch(workspace, "--grace-s", "1.5")
    until(lambda: engine_lives(workspace))
    yield workspace
    stop_engine(workspace)
    process.wait(10)


def until(condition, seconds=20.0):
    """Wait until `condition()` is true and return its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            if value := condition():
                return value
        time.sleep(0.02)
    raise AssertionError(f"still not so after {seconds} s")


@pytest.fixture(name="until")
def until_fixture():
    return until


@pytest.fixture
def engine_is_up(until):
    return lambda workspace: until(lambda: engine_lives(workspace))
