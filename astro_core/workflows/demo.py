"""Make the demo sky: a simulated survey, fields for detection, pictures of sky objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core.datasets.assemble import assemble
from astro_core.datasets.boxes import write_boxes
from astro_core.datasets.demo.consensus import demo_taxonomy
from astro_core.datasets.demo.damage import count_damaged
from astro_core.datasets.demo.fields import field_plan, make_field
from astro_core.datasets.demo.pictures import deal_pictures, make_pictures
from astro_core.datasets.demo.survey import make_objects
from astro_core.datasets.readers import READERS, Scan, ScanOptions
from astro_core.datasets.store import check_free, publish_dataset, write_state
from astro_core.domain import Dataset, RenderRecipe, Source, Taxonomy
from astro_core.params import from_mapping, param
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.check_scan import check_scan
from astro_core.workflows.first_recipe import first_recipe

FILES = "files"
_PER_CALL = 12
_FIELD_UNITS, _CHECK_UNITS = 60, 0.12  # work of one field, of checking one object, in objects
_NOTE = "Simulated with GalSim: no telescope has seen any of it."
# Weights under which galaxies of the simulated mix are neither all yellow nor all blue.
RECIPE = RenderRecipe(
    name="IRG",
    red="I",
    green="R",
    blue="G",
    transform="lupton",
    stretch=7.0,
    Q=6.0,
    minimum=(-0.25, -0.25, -0.25),
    weight=(0.78, 1.0, 1.55),
    origin="lower",
)


@dataclass(frozen=True, kw_only=True)
class DemoParams:
    """How large a sky to simulate."""

    objects: int = param(
        1500,
        label="Objects",
        minimum=8,
        maximum=100_000,
        help="Galaxies in the survey; fields and pictures of sky objects scale with it.",
    )
    seed: int = param(
        0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed and size, same sky."
    )
    name: str = param(
        "demo", label="Name", help="Name of the dataset; the others are called after it."
    )

    @property
    def names(self) -> tuple[str, str, str]:
        """Names of the survey, the fields and the sky objects."""
        return self.name, f"{self.name}-fields", f"{self.name}-objects"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A part of the run, which reports its own progress as a part of the whole.

    Attributes
    ----------
    start, share, total : float
        Work done before it, its own, and that of the whole run, counted in objects drawn.
    """

    context: RunContext
    start: float
    share: float
    total: float

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Report `done` of `total` of this stage."""
        part = self.share * done / total if total else 0.0
        self.context.progress(round(self.start + part), round(self.total), message)

    def map(
        self,
        function: Callable[..., Any],
        items: Sequence[Mapping[str, Any]],
        *,
        message: str = "",
    ) -> Iterator[tuple[int, Any]]:
        """Call `function` for every item in parallel."""
        return self.context.map(function, items, message=message)

    def run(
        self, function: Callable[..., Any], items: Sequence[Mapping[str, Any]], message: str
    ) -> list[Any]:
        """Make all calls and return the results in the order of `items`."""
        results: list[Any] = [None] * len(items)
        self.progress(0, len(items), message)
        for done, (index, result) in enumerate(self.map(function, items, message=message)):
            results[index] = result
            self.progress(done + 1, len(items), message)
        return results


def _stages(context: RunContext, shares: Sequence[float]) -> Iterator[Stage]:
    total, start = sum(shares), 0.0
    for share in shares:
        yield Stage(context=context, start=start, share=share, total=total)
        start += share


def draw_survey(stage: Stage, made: Path, params: DemoParams) -> pd.DataFrame:
    """Draw the stamps and write the table of true boxes; return what is known of each object."""
    folder = made / FILES
    folder.mkdir(parents=True)
    total = params.objects + count_damaged(params.objects)
    numbers = list(range(total))
    items = [
        {
            "folder": str(folder),
            "seed": params.seed,
            "n_good": params.objects,
            "numbers": numbers[i : i + _PER_CALL],
        }
        for i in range(0, total, _PER_CALL)
    ]
    chunks = stage.run(make_objects, items, "Drawing galaxies")
    results = [result for chunk in chunks for result in chunk]
    write_boxes(made, [box for result in results for box in result["boxes"]])
    return pd.DataFrame([result["row"] for result in results])


def draw_fields(stage: Stage, made: Path, params: DemoParams) -> pd.DataFrame:
    """Draw the fields and write the table of true boxes; return a row for each field."""
    folder = made / FILES
    folder.mkdir(parents=True)
    count, size = field_plan(params.objects)
    items = [
        {"folder": str(folder), "seed": params.seed, "number": i, "size_px": size}
        for i in range(count)
    ]
    results = stage.run(make_field, items, "Drawing fields")
    write_boxes(made, [box for result in results for box in result["boxes"]])
    return pd.DataFrame([r["row"] for r in results])


def draw_pictures(stage: Stage, folder: Path, params: DemoParams) -> None:
    """Draw the pictures of sky objects, one folder per class."""
    names = deal_pictures(picture_count(params.objects))
    items = [
        {"folder": str(folder), "seed": params.seed, "names": names[i : i + _PER_CALL]}
        for i in range(0, len(names), _PER_CALL)
    ]
    stage.run(make_pictures, items, "Painting sky objects")


def picture_count(objects: int) -> int:
    """How many pictures of sky objects go with a survey of this size."""
    return max(8, min(400, round(objects * 400 / 1500)))


def _known(scan: Scan, known: pd.DataFrame) -> Scan:
    """Attach what the simulation knows to the objects that the reader found."""
    own = [c for c in scan.catalogue if c == "object_id" or c not in known]
    joined = scan.catalogue[own].merge(known, on="object_id", how="left", validate="1:1")
    return replace(scan, catalogue=joined)


def build(
    stage: Stage,
    made: Path,
    name: str,
    *,
    reader: str,
    seed: int,
    known: pd.DataFrame | None = None,
    taxonomy: Taxonomy | None = None,
    recipe: RenderRecipe | None = None,
) -> Dataset:
    """Import what was drawn below ``made / FILES`` as any other folder, checks and all.

    Parameters
    ----------
    known : DataFrame, optional
        What the simulation knows of each object_id.
    recipe : RenderRecipe, optional
        Recipe that the dataset starts with; measured on its pixels by default.
    """
    scan = READERS.get(reader).scan(made / FILES, ScanOptions(), lambda *_: None)
    scan = scan if known is None else _known(scan, known)
    scan = replace(scan, taxonomy=taxonomy or scan.taxonomy, notes=(_NOTE, *scan.notes))
    found = assemble(scan, check_scan(stage, scan), name=name, seed=seed)
    dataset = Dataset(
        name=name,
        folder=made,
        parts=tuple(replace(part, root=FILES) for part in scan.parts),
        bands=found.bands,
        taxonomy=found.taxonomy,
        source=Source(
            reader="demo",
            location=f"simulated, seed {seed}",
            imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
            simulated=True,
            notes=found.notes,
        ),
        fingerprint=found.fingerprint,
        n_objects=len(found.catalogue),
        n_bad=found.n_bad,
        class_counts=found.class_counts,
        pixel_scale_arcsec=found.pixel_scale_arcsec,
    )
    dataset = replace(dataset, recipe=recipe or first_recipe(dataset, found.catalogue))
    write_state(made, dataset, found.catalogue, list(found.problems))
    return dataset


def make_demo(context: RunContext) -> dict[str, Any]:
    """Make the three datasets of the demo sky, and publish them when all are done."""
    params = from_mapping(DemoParams, context.params)
    for name in params.names:
        check_free(context.workspace, name)
    places = [context.workspace.scratch_folder("demo") for _ in params.names]
    built = list(_make_all(context, params, places))
    datasets = [
        publish_dataset(context.workspace, made, dataset.name)
        for made, dataset in zip(places, built, strict=True)
    ]
    survey = datasets[0]
    return {
        "dataset": survey.name,
        "datasets": [dataset.name for dataset in datasets],
        "n_objects": survey.n_objects,
        "n_bad": survey.n_bad,
        "bands": list(survey.bands),
        "classes": dict(survey.class_counts),
        "counts": {dataset.name: dataset.n_objects for dataset in datasets},
    }


def _make_all(context: RunContext, params: DemoParams, places: list[Path]) -> Iterator[Dataset]:
    n, pictures = params.objects, picture_count(params.objects)
    fields = field_plan(n)[0] * _FIELD_UNITS
    shares = (n, fields, pictures, _CHECK_UNITS * n, fields / 40, _CHECK_UNITS * pictures)
    stages = _stages(context, shares)
    survey, wide, objects = places
    names = params.names
    known = draw_survey(next(stages), survey, params)
    known_fields = draw_fields(next(stages), wide, params)
    draw_pictures(next(stages), objects / FILES, params)
    yield build(
        next(stages),
        survey,
        names[0],
        reader="fits-bands",
        seed=params.seed,
        known=known,
        taxonomy=demo_taxonomy(),
        recipe=RECIPE,
    )
    wide_recipe = replace(RECIPE, size_px=1024)
    yield build(
        next(stages),
        wide,
        names[1],
        reader="fits-bands",
        seed=params.seed,
        known=known_fields,
        recipe=wide_recipe,
    )
    yield build(next(stages), objects, names[2], reader="folders", seed=params.seed)


RUN_KINDS.add(RunKind(name="demo", label="Demo sky", function=make_demo))
