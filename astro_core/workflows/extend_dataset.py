"""Add more images to a dataset that is there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core.datasets.assemble import (
    Assembled,
    count_left_out,
    in_order,
    split_of,
    take_good,
)
from astro_core.datasets.catalogue import read_catalogue, read_problems
from astro_core.datasets.classmap import parse_class_map, taxonomy_of
from astro_core.datasets.duplicates import label_conflicts, mark_duplicates
from astro_core.datasets.layouts import LAYOUTS, part_root, read_pixels
from astro_core.datasets.readers import Scan
from astro_core.datasets.splits import DEFAULT_FRACTIONS
from astro_core.datasets.store import open_dataset, replace_state
from astro_core.domain import SPLITS, Dataset, Problem, Taxonomy
from astro_core.errors import BadInputError, ConflictError
from astro_core.params import from_mapping, param
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.check_scan import check_scan
from astro_core.workflows.choose_reader import (
    BringInParams,
    choose,
    find_place,
    matches,
    scan_place,
)
from astro_core.workflows.import_dataset import OWN, copy_in, own_parts, report


@dataclass(frozen=True, kw_only=True)
class ExtendParams(BringInParams):
    """What to add to which dataset."""

    dataset: str = param("", label="Dataset", help="The dataset that gets more images.")
    classes: str = param(
        "",
        label="Classes",
        help="Classes to keep, merge or rename among the new images, such as "
        "spiral=spiral_clockwise+spiral_anticlockwise,elliptical. Empty keeps all.",
    )


def _fitting(dataset: Dataset, scan: Scan) -> Scan:
    """Read new pictures in the colours of the old, and refuse what cannot stand beside them.

    Raises
    ------
    BadInputError
    """
    old = dataset.parts[0]
    if all(part.layout == "picture" for part in (old, *scan.parts)):
        return replace(scan, parts=tuple(replace(p, bands=old.bands) for p in scan.parts))
    for part in scan.parts:
        if not set(part.bands) & set(dataset.bands):
            raise BadInputError(
                f"The new images have no band in common with '{dataset.name}'",
                expected=", ".join(dataset.bands),
                given=", ".join(part.bands),
                todo="Import them as a dataset of their own",
            )
    return scan


def _same_kind(dataset: Dataset, old: pd.DataFrame, scan: Scan, good: pd.DataFrame) -> None:
    """Refuse display colours beside measured values.

    Raises
    ------
    BadInputError
    """
    if good.empty:
        return
    row = {str(k): v for k, v in good.iloc[0].items()}
    part = scan.parts[int(row["part"])]
    new = LAYOUTS.get(part.layout).read(part_root(dataset.folder, part), part, row)
    first = read_pixels(dataset, {str(k): v for k, v in old.iloc[0].items()})
    if new.display != first.display:
        raise BadInputError(
            "Pictures and measured images cannot be one dataset",
            expected="pictures" if first.display else "measured images, such as FITS",
            given="pictures" if new.display else "measured images",
            todo="Import them as a dataset of their own",
        )


def _new_rows(old: pd.DataFrame, good: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    known = good["object_id"].isin(old["object_id"])
    problems = [
        Problem(
            object_id=str(row["object_id"]),
            file=str(row["file"]),
            reason="An object of this identifier is in the dataset already; it was left as it is",
        )
        for row in good[known].to_dict("records")
    ]
    return good[~known], problems


def joined(old: pd.DataFrame, new: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Put new catalogue rows after the old ones, whose splits stay as they are."""
    both = pd.concat([old, new], ignore_index=True)
    marked = mark_duplicates(both)
    shares = old["split"].value_counts(normalize=True)
    fractions = [float(shares.get(n, 0.0)) for n in SPLITS] if len(shares) else DEFAULT_FRACTIONS
    marked["split"], _torn = split_of(marked, fractions, seed)
    return in_order(marked)


def _extended(
    dataset: Dataset,
    old: pd.DataFrame,
    scan: Scan,
    checks: list[dict[str, Any]],
    params: ExtendParams,
) -> Assembled:
    good, problems = take_good(scan.catalogue, checks)
    _same_kind(dataset, old, scan, good)
    new, known = _new_rows(old, good)
    if params.classes and not new.empty:
        labels, stays = parse_class_map(params.classes).apply(new["label"])
        new = new.assign(label=labels.astype("str"))[stays]
    problems = [*scan.problems, *problems, *known]
    if new.empty:
        raise BadInputError(
            f"There is nothing new for '{dataset.name}' here",
            given=problems[0].reason if problems else "",
        )
    left_out = count_left_out(problems, good, scan.parts) + len(known)
    shifted = new.assign(part=new["part"] + len(dataset.parts))
    catalogue = joined(old, shifted, params.seed)
    return Assembled(
        parts=(*dataset.parts, *scan.parts),
        catalogue=catalogue,
        taxonomy=_taxonomy(dataset, scan, catalogue),
        problems=(*problems, *label_conflicts(catalogue.iloc[len(old) :])),
        notes=scan.notes,
        n_bad=dataset.n_bad + left_out,
    )


def _taxonomy(dataset: Dataset, scan: Scan, catalogue: pd.DataFrame) -> Taxonomy:
    """Keep the classes there are, new ones last; take a decision tree that came with the new."""
    base = dataset.taxonomy
    if scan.taxonomy is not None and scan.taxonomy.questions and not base.questions:
        base = replace(base, questions=scan.taxonomy.questions, votes_are=scan.taxonomy.votes_are)
    taxonomy = taxonomy_of(catalogue["label"], base, dataset.name)
    changed = taxonomy != dataset.taxonomy
    return replace(taxonomy, version=dataset.taxonomy.version + int(changed))


def _extend(context: RunContext) -> dict[str, Any]:
    params = from_mapping(ExtendParams, context.params)
    dataset = open_dataset(context.workspace, params.dataset)
    made = context.workspace.scratch_folder("extend")
    own = f"{OWN}-{context.run_id}"
    place = find_place(
        params.path, params.labels, made / own, context.progress,
        keep_incomplete=params.keep_incomplete,
    )  # fmt: skip
    spec = choose(place, params.reader, matches(place))
    scan = _fitting(dataset, scan_place(place, spec, context.progress))
    checks = check_scan(context, scan)
    found = _extended(dataset, read_catalogue(dataset), scan, checks, params)
    found = replace(found, parts=(*dataset.parts, *own_parts(made, scan)))
    if params.copy_images:
        is_new = found.catalogue["part"] >= len(dataset.parts)
        added = replace(found, catalogue=found.catalogue[is_new])
        found = replace(found, parts=copy_in(made, added, own, context.progress))
    context.progress(len(checks), len(checks), "Storing")
    note = f"Extended by {len(found.catalogue) - dataset.n_objects:,} objects of {place.location}."
    new = replace(
        dataset,
        parts=found.parts,
        bands=found.bands,
        taxonomy=found.taxonomy,
        fingerprint=found.fingerprint,
        n_objects=len(found.catalogue),
        n_bad=found.n_bad,
        class_counts=found.class_counts,
        source=replace(dataset.source, notes=(*dataset.source.notes, note, *found.notes)),
    )
    return report(_publish(context, dataset, new, found, made / own), found)


def _publish(
    context: RunContext, dataset: Dataset, new: Dataset, found: Assembled, files: Path
) -> Dataset:
    """Move new files in and replace the state, unless somebody else has changed it meanwhile."""
    before = [Problem(**p) for p in read_problems(dataset).to_dict("records")]
    if open_dataset(context.workspace, dataset.name).fingerprint != dataset.fingerprint:
        raise ConflictError(f"'{dataset.name}' was changed meanwhile", todo="Extend it again")
    moved = dataset.folder / files.name
    try:
        if files.exists():
            files.rename(moved)
        return replace_state(dataset, new, found.catalogue, [*before, *found.problems])
    except BaseException:
        shutil.rmtree(moved, ignore_errors=True)
        raise


RUN_KINDS.add(RunKind(name="extend", label="Add images", function=_extend))
