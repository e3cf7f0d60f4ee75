"""What came of a classified survey, in small: numbers by class, and some galaxies to look at."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
from PIL import Image

from astro_core.datasets.table_batches import BATCH_ROWS
from astro_core.domain import Head, RenderRecipe
from astro_core.workflows.catalogue_shard import ROWS, images_of, read_job
from astro_core.workflows.object_rows import read_plan_dataset
from astro_core.workflows.predict import column_names
from astro_core.workspace import whole_file

ANSWERS, PROBLEMS = "answers.parquet", "problems.parquet"
SAMPLES = "samples.parquet"
N_SAMPLES = 24  # of each class, and of those that are undefined


def summarise(folder: Path, head: Head) -> dict[str, Any]:
    """Count the answers by class and keep some galaxies, going through them a piece at a time.

    The surest of each class are kept, and the least sure of those that are undefined; of a survey
    whose galaxies have vote fractions, the first.

    Returns
    -------
    dict
        n_objects, n_bad, n_undefined, outputs (the classes), and by class: classes, undefined.
    """
    answers = pq.ParquetFile(folder / ANSWERS)
    classes: Counter[str] = Counter()
    unclear: Counter[str] = Counter()
    kept = pd.DataFrame()
    for batch in answers.iter_batches(BATCH_ROWS):
        frame = _told(batch.to_pandas(), head)
        classes.update(frame["label"])
        unclear.update(frame.loc[frame["undefined"], "label"])
        both = pd.concat([kept, frame]).sort_values("sure", ascending=False, kind="stable")
        kept = both.groupby("group", sort=False).head(N_SAMPLES)
    _keep(folder, kept)
    classes.pop("", None)
    return {
        "n_objects": answers.metadata.num_rows,
        "n_bad": pq.read_metadata(folder / PROBLEMS).num_rows,
        "n_undefined": unclear.total(),
        "outputs": [] if head.kind == "votes" else list(head.outputs),
        "classes": dict(classes),
        "undefined": dict(unclear),
    }


def read_samples(folder: Path) -> pd.DataFrame:
    """Read what `summarise` kept.

    Returns
    -------
    DataFrame
        object_id, label, probability, group (the class, empty for undefined ones) and image, as
        PNG; the surest or the least sure first.
    """
    return pd.read_parquet(folder / SAMPLES)


def _told(frame: pd.DataFrame, head: Head) -> pd.DataFrame:
    """The class of each galaxy, how sure it is, and the group of which it may be a sample."""
    if head.kind == "votes":
        return frame[["object_id"]].assign(
            label="", undefined=False, probability=np.nan, group="", sure=0.0
        )
    top = frame[list(column_names(head))].max(axis=1)
    unclear = frame["undefined"]
    told = frame[["object_id", "label", "undefined"]]
    return told.assign(
        probability=top, group=told["label"].where(~unclear, ""), sure=top.where(~unclear, -top)
    )


def _keep(folder: Path, kept: pd.DataFrame) -> None:
    """Write the samples with their images, as the model saw them."""
    job = read_job(folder)
    assert job is not None
    ids = pc.field("object_id").isin(kept["object_id"].tolist())
    rows = pq.read_table(folder / ROWS, filters=ids).to_pandas().drop_duplicates("object_id")
    recipe = RenderRecipe.from_json(job.recipe)
    images, _ = images_of(read_plan_dataset(folder), recipe, rows)
    pictures = dict(zip(rows["object_id"], map(_png, images), strict=True))
    with whole_file(folder / SAMPLES) as half:
        kept.assign(image=kept["object_id"].map(pictures)).to_parquet(half, index=False)


def _png(image: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    return stream.getvalue()
