"""The command that forms groups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astro_core.cli.datasets import Name
from astro_core.cli.settings import Settings, parse_settings
from astro_core.cli.show import Json, follow, print_json, print_table, say
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    from astro_core.domain import Dataset
    from astro_core.workspace import Workspace

ALL = "all"


def cluster(
    name: Name,
    method: Annotated[
        str, typer.Option(help="kmeans, hierarchical, hdbscan, som, gmm, ..., or all of them.")
    ] = "kmeans",
    clusters: Annotated[int, typer.Option(help="Number of groups.")] = 12,
    seed: Annotated[int, typer.Option(help="Same seed, same groups.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Table of object_id, cluster: .parquet, .csv, .fits..."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="A page with all that was found.")
    ] = None,
    features: Annotated[str, typer.Option(metavar="KEY", help="Which stored features.")] = "",
    extractor: Annotated[
        str, typer.Option(help="Use the newest features of this kind; computed if there are none.")
    ] = "pca",
    set_: Settings = None,
    json: Json = False,
) -> None:
    """Form groups of galaxies by their features."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workspace import current

    workspace = current()
    dataset = open_dataset(workspace, name)
    _check_places(method, out, report)
    asked = _requests(method, clusters, seed, _read_settings(method, set_ or []))
    key = _features(workspace, dataset, features, extractor)
    if report is None and method != ALL:
        found = [_group(workspace, key, method, asked[method])]
    else:
        found = _report(workspace, dataset, key, asked, report)
    if out is not None:
        _write(workspace, found[0]["clustering"], out)
    if json:
        print_json(found if method == ALL else found[0])
    else:
        _print(found)
        for path in filter(None, (out, report)):
            typer.echo(f"Wrote {path}")


def _check_places(method: str, out: Path | None, report: Path | None) -> None:
    if out is not None and method == ALL:
        raise BadInputError(
            "A table holds the groups of one method", todo="Name the method, or use --report"
        )
    if out is not None:
        _format(out)
    for path in filter(None, (out, report)):
        if path.is_dir():
            raise BadInputError(f"'{path}' is a folder", todo="Name a file")


def _format(out: Path) -> str:
    from astro_core.workflows.export import EXPORTS

    tables = {spec.suffix: spec.name for spec in EXPORTS if not spec.images}
    if out.suffix.lower() not in tables:
        raise BadInputError(
            f"The table cannot be written to '{out}'",
            expected="a name that ends in " + ", ".join(tables),
        )
    return tables[out.suffix.lower()]


def _read_settings(method: str, texts: list[str]) -> dict[str, str]:
    if texts and method == ALL:
        raise BadInputError("--set belongs to one method", todo="Name the method")
    return parse_settings(texts)


def _requests(
    method: str, clusters: int, seed: int, given: dict[str, str]
) -> dict[str, dict[str, Any]]:
    from astro_core.clustering import CLUSTERERS
    from astro_core.workflows.cluster_settings import common_settings

    asked = {}
    for name in CLUSTERERS.names() if method == ALL else (method,):
        asked[name], notes = common_settings(name, clusters, seed, given)
        for note in notes:
            say(note)
    return asked


def _features(workspace: Workspace, dataset: Dataset, key: str, extractor: str) -> str:
    """Key of the features to use; the newest of all objects, or new ones."""
    from astro_core.workflows.feature_store import describe_features, list_features
    from astro_core.workflows.features import submit_features

    if key:
        chosen = describe_features(workspace, key)
        if chosen.fingerprint != dataset.fingerprint:
            raise BadInputError(f"The features '{key}' are not of '{dataset.name}' as it is now")
    else:
        sets = [s for s in list_features(workspace, dataset) if s.extractor == extractor]
        if not sets:
            say(f"'{dataset.name}' has no features yet; computing them ({extractor}).")
            run = submit_features(workspace, dataset.name, extractor, {})
            follow(workspace, run.run_id, title=f"Features of {dataset.name}")
            sets = [s for s in list_features(workspace, dataset) if s.extractor == extractor]
        chosen = min(sets, key=lambda s: s.sample is not None)
    say(f"Features: {chosen.label}, {chosen.n_objects:,} x {chosen.n_features} ({chosen.key})")
    return chosen.key


def _group(
    workspace: Workspace, features: str, method: str, params: dict[str, Any]
) -> dict[str, Any]:
    from astro_core.workflows.cluster import submit_clustering
    from astro_core.workflows.cluster_report import summary

    run = submit_clustering(workspace, features, method, params)
    done = follow(workspace, run.run_id, title="Grouping")
    return summary(workspace, str(done.result["key"]))


def _report(
    workspace: Workspace,
    dataset: Dataset,
    features: str,
    asked: dict[str, dict[str, Any]],
    report: Path | None,
) -> list[dict[str, Any]]:
    from astro_core.workflows.cluster_report_run import submit_report

    run = submit_report(workspace, features, asked, None if report is None else report.absolute())
    result = follow(workspace, run.run_id, title=f"Grouping {dataset.name}").result
    for name, reason in result["failed"].items():
        say(f"{name}: {reason}")
    if not result["found"]:
        raise BadInputError("No method could form groups")
    return list(result["found"])


def _write(workspace: Workspace, key: str, out: Path) -> None:
    import pyarrow as pa

    from astro_core.workflows.clustering_store import members_table
    from astro_core.workflows.export_tables import write_table

    table = members_table(workspace, key)[["object_id", "cluster"]]
    write_table(pa.Table.from_pandas(table, preserve_index=False), _format(out), out.absolute())


def _print(found: list[dict[str, Any]]) -> None:
    columns = ("silhouette", "ari", "nmi", "purity")
    rows = [
        (
            f["method"], f["n_clusters"], f["n_noise"], f["n_objects"],
            *(f"{f[c]:.3f}" if c in f else "" for c in columns),
        )
        for f in found
    ]  # fmt: skip
    print_table(("method", "groups", "noise", "galaxies", *columns), rows)


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.command()(cluster)
