"""The command that computes features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from astro_core.cli.datasets import Name
from astro_core.cli.settings import Settings, parse_settings
from astro_core.cli.show import Json, follow, print_json, say
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    from astro_core.workspace import Workspace


def features(
    name: Name,
    extractor: Annotated[str, typer.Option(help="pca, embedding, morphology or colours.")] = "pca",
    components: Annotated[
        int | None, typer.Option(help="Numbers that stand for one image (pca).")
    ] = None,
    set_: Settings = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Only for that many galaxies, drawn at random.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Which galaxies are drawn.")] = 0,
    json: Json = False,
) -> None:
    """Compute features of every galaxy, for grouping; what was computed before is found again."""
    from astro_core.workflows.features import submit_features
    from astro_core.workspace import current

    workspace = current()
    settings = _settings(extractor, components, set_ or [])
    run = submit_features(workspace, name, extractor, settings, sample=sample, seed=seed)
    kept = "what is done is kept: the same command goes on from there"
    done = follow(workspace, run.run_id, title=run.title, kept=kept)
    found = dict(done.result)
    _tell_problems(workspace, found)
    if json:
        print_json(found)
    else:
        _print(found)


def _settings(extractor: str, components: int | None, texts: list[str]) -> dict[str, Any]:
    from astro_core.features import EXTRACTORS
    from astro_core.params import describe

    settings: dict[str, Any] = dict(parse_settings(texts))
    if components is not None:
        spec = EXTRACTORS.get(extractor)
        if "n_components" not in {info.name for info in describe(spec.params)}:
            raise BadInputError(
                f"{spec.label} has no components", todo="Leave --components out, or choose pca"
            )
        settings["n_components"] = components
    return settings


def _tell_problems(workspace: Workspace, found: dict[str, Any]) -> None:
    from astro_core.workflows.features import feature_problems

    for note in found["notes"]:
        say(f"Note: {note}")
    for row in feature_problems(workspace, found["key"]).to_dict("records"):
        say(f"{row['object_id']}: {row['reason']}")


def _print(found: dict[str, Any]) -> None:
    bad = f", {found['n_bad']:,} left out" if found["n_bad"] else ""
    typer.echo(f"{found['n']:,} galaxies x {found['n_features']} features{bad}; {found['key']}")
    typer.echo(found["summary"])


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.command()(features)
