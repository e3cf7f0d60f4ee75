"""A few stamps of what is about to be imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from astro_core.datasets.assemble import Assembled
from astro_core.datasets.check import ROW_COLUMNS
from astro_core.datasets.layouts import LAYOUTS, part_root
from astro_core.imaging import render
from astro_core.workflows.first_recipe import recipe_for


def _chosen(catalogue: pd.DataFrame, count: int) -> pd.DataFrame:
    """Take objects of all classes in turn, unlabelled ones as a class of their own."""
    labels = catalogue["label"].fillna("")
    turn = labels.groupby(labels).cumcount()
    order = pd.DataFrame({"turn": turn, "label": labels}).sort_values(["turn", "label"]).index
    return catalogue.loc[order[:count]]


def save_previews(found: Assembled, folder: Path, count: int) -> list[dict[str, Any]]:
    """Describe a few objects and save a stamp of each as PNG."""
    columns = [c for c in (*ROW_COLUMNS, "label") if c in found.catalogue]
    rows = _chosen(found.catalogue, count)[columns]
    records = [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
    images = _save(found, records, folder)
    return [
        {
            "object_id": row["object_id"],
            "file": row["file"],
            "label": row["label"] if isinstance(row["label"], str) else None,
            "image": image,
        }
        for row, image in zip(records, images, strict=True)
    ]


def _save(found: Assembled, rows: list[dict[str, Any]], folder: Path) -> list[str]:
    samples = []
    for row in rows:
        part = found.parts[int(row["part"])]
        samples.append(LAYOUTS.get(part.layout).read(part_root(Path("/"), part), part, row))
    recipe = recipe_for(samples, found.bands)
    names = []
    for number, pixels in enumerate(samples):
        names.append(f"preview-{number}.png")
        Image.fromarray(render(pixels, recipe)).save(folder / names[-1])
    return names
