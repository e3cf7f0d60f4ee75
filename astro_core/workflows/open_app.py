"""Open the app: a workspace with something in it, a free port, and the browser."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from astro_core.datasets.store import list_datasets
from astro_core.domain import Run
from astro_core.errors import BadInputError, ConflictError
from astro_core.runs import submit, wait
from astro_core.workflows.home import start_demo
from astro_core.workflows.reset_demo import keep_state
from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO_WORKSPACE = REPOSITORY / "data" / "demo-workspace"
DEMO_VARIABLE = "TUNINGFORK_DEMO"
FIRST_PORT = 8501


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How the app is started: the command and the environment it runs in."""

    command: tuple[str, ...]
    environment: dict[str, str]
    address: str


def free_port(first: int = FIRST_PORT, tries: int = 50) -> int:
    """Return the first port on loopback, from `first` on, that nobody listens on.

    Raises
    ------
    ConflictError
        If all of `tries` ports are taken.
    """
    for port in range(first, first + tries):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ConflictError(
        f"Ports {first} to {first + tries - 1} are all taken", todo="Name a free one with --port"
    )


def check_port(address: str, port: int) -> None:
    """Refuse to listen where nobody can.

    Raises
    ------
    BadInputError
        If this machine has no such address.
    ConflictError
        If somebody listens there already.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConflictError(f"Port {port} is taken", todo="Name a free one") from None
        raise BadInputError(
            f"Nothing can listen on '{address}', port {port}", given=error.strerror or str(error)
        ) from None


def plan_launch(
    workspace: Workspace,
    *,
    demo: bool,
    port: int | None,
    headless: bool,
    options: Mapping[str, str] | None = None,
    address: str = "",
) -> Launch:
    """Say how the app is to be started on `workspace`.

    Parameters
    ----------
    options : Mapping, optional
        More settings of Streamlit, name to value.
    address : str
        Where people find it, where that is not this machine.
    """
    port = port or free_port()
    environment = {**os.environ, ENVIRONMENT_VARIABLE: str(workspace.root)}
    if demo:
        environment[DEMO_VARIABLE] = "1"
    every = {"server.port": str(port), "server.headless": str(headless).lower(), **(options or {})}
    command = [sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "app.py")]
    for name, value in every.items():
        command += [f"--{name}", value]
    return Launch(
        command=tuple(command),
        environment=environment,
        address=address or f"http://localhost:{port}",
    )


def start_demo_survey(workspace: Workspace) -> str | None:
    """Start making the demo survey where there is no dataset yet, and return the run's id."""
    return None if list_datasets(workspace) else start_demo(workspace)


def warm_up(workspace: Workspace, on_progress: Callable[[Run], None] | None = None) -> None:
    """Make the demo survey and its pixel stacks now, so that a demonstration never waits.

    Raises
    ------
    ConflictError
        If the survey or a stack could not be made, with the run's own words.
    """
    started = start_demo_survey(workspace)
    if started is not None:
        _finish(workspace, started, on_progress)
    keep_state(workspace)
    for dataset in list_datasets(workspace):
        params = {"dataset": dataset.name, "recipe": dataset.recipe.to_json()}
        title = f"Preparing the images of {dataset.name}"
        _finish(workspace, submit(workspace, "pixels", params, title=title), on_progress)


def _finish(workspace: Workspace, run_id: str, on_progress: Callable[[Run], None] | None) -> None:
    run = wait(workspace, run_id, on_progress)
    if run.state != "done":
        raise ConflictError(f"'{run.title}' did not end well", given=run.error or run.state)


def launch(plan: Launch) -> None:
    """Become the app; does not return."""
    os.chdir(REPOSITORY)
    os.execve(plan.command[0], plan.command, plan.environment)  # noqa: S606 - our own interpreter
