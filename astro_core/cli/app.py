"""The commands that open the app in the browser and serve it to several people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from astro_core.cli.show import progress_shown, say

if TYPE_CHECKING:
    from astro_core.workspace import Workspace


def open_(
    demo: Annotated[
        bool, typer.Option("--demo", help="A prepared workspace of its own, to show the app live.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="By default the first free from 8501.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Open the app; makes the demo survey where there is nothing yet."""
    from astro_core.workflows import open_app

    workspace = _workspace(demo=demo)
    plan = open_app.plan_launch(workspace, demo=demo, port=port, headless=not browser)
    if demo:
        with progress_shown("Preparing the demonstration") as report:
            open_app.warm_up(workspace, lambda run: report(run.done, run.total, run.message))
    elif open_app.start_demo_survey(workspace) is not None:
        say("The demo survey is being made; Home shows how far it is.")
    say(f"Tuning Fork opens at {plan.address} and stays until you press Ctrl-C here.")
    open_app.launch(plan)


def _workspace(*, demo: bool) -> Workspace:
    from astro_core.workflows.open_app import DEMO_WORKSPACE
    from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace, current

    named = ENVIRONMENT_VARIABLE in os.environ
    return Workspace(DEMO_WORKSPACE).ensure() if demo and not named else current()


def serve(
    address: Annotated[
        str, typer.Option(envvar="TUNINGFORK_ADDRESS", help="Where it listens.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, envvar="TUNINGFORK_PORT")] = 8501,
    public_url: Annotated[
        str,
        typer.Option(
            metavar="URL", envvar="TUNINGFORK_PUBLIC_URL",
            help="Where people find it, as in https://galaxies.lab.org/tuning.",
        ),
    ] = "",
    secrets: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", envvar="TUNINGFORK_SECRETS", help="What sign-in needs, as TOML."
        ),
    ] = None,
) -> None:  # fmt: skip
    """Serve the app to several people, as docs/serve.md describes; opens no browser."""
    from astro_core.workflows import open_app
    from astro_core.workflows.serve import Serving, plan_serving
    from astro_core.workspace import current

    serving = Serving(address=address, port=port, public_url=public_url, secrets=secrets)
    plan = plan_serving(current(), serving)
    say(f"Tuning Fork is served at {plan.address} until you press Ctrl-C here.")
    open_app.launch(plan)


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.command("open")(open_)
    cli.command()(serve)
