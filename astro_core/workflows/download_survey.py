"""Fetch a public survey and import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from astro_core.datasets.downloads import SURVEYS, download_survey
from astro_core.params import from_mapping, param
from astro_core.runs import RUN_KINDS, RunContext, RunKind


@dataclass(frozen=True, kw_only=True)
class DownloadParams:
    """What to fetch."""

    survey: str = param(
        "galaxy10-sdss",
        label="Survey",
        choices=SURVEYS.names(),
        help="A public survey; it is fetched from where its authors published it.",
    )


def _download(context: RunContext) -> dict[str, Any]:
    params = from_mapping(DownloadParams, context.params)
    spec = SURVEYS.get(params.survey)
    into = context.workspace.downloads / spec.name
    path, notes = download_survey(spec, into, context.progress)
    return {"survey": spec.name, "path": str(path), "reader": spec.reader, "notes": list(notes)}


RUN_KINDS.add(RunKind(name="download", label="Download", function=_download))
