"""How well every finder finds galaxies, alone and followed by a classifier.

    python benchmarks/study_finders.py judge judge-fields --model demo-morphology --out /tmp/study

takes simulated datasets of the workspace (``TUNINGFORK_WORKSPACE``) and writes ``study.md``: scores
of every finder on pictures, and on measured values where it can use them, the mean and standard
deviation over five folds of the pictures. With ``--model`` the last dataset is classified too, and
boxes count only where the class is right. With ``--cutouts`` a folder of real pictures, 40 of them
are drawn with the boxes of the first two finders, ``cutouts.jpg``: to be looked at, since nobody
knows the true boxes.

Simulate the datasets with another seed than the one that a finder learned from.
"""

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from astro_core.datasets.classmap import parse_class_map
from astro_core.datasets.store import open_dataset
from astro_core.detection import FINDERS
from astro_core.detection.end_to_end import score_pipeline
from astro_core.detection.scoring import Truth
from astro_core.domain import Boxes
from astro_core.imaging import resize_square
from astro_core.imaging.annotate import draw_boxes
from astro_core.workflows.classified import Asked
from astro_core.workflows.classify import classify_picture
from astro_core.workflows.detect import find_galaxies
from astro_core.workflows.marked_pictures import marked_pictures
from astro_core.workflows.picture_paths import pictures_at
from astro_core.workflows.pictures import Picture
from astro_core.workflows.score_finder import deal_pictures, finds, score_folds, search
from astro_core.workspace import current

MEASURES = ("map_50", "map_50_95", "ar_1", "ar_100")
CLASSES = parse_class_map(
    "elliptical=elliptical+elliptical_round+elliptical_intermediate+elliptical_cigar,lenticular,"
    "spiral=spiral+spiral_barred+barred_spiral,edge_on=edge_on+edge_on_bulge+edge_on_no_bulge,"
    "merger,disturbed,ring"
).new_name
COLOURS = ("#FFB000", "#56B4E9")  # told apart by everybody
N_CUTOUTS, ACROSS, SIDE_PX = 40, 8, 160


def looks():
    """Every finder on pictures, and on bands where it can."""
    for spec in FINDERS:
        yield spec, False
        if spec.measure is not None:
            yield spec, True


def score_all(dataset, lines):
    lines += [f"## {dataset.name}", ""]
    lines += ["| finder | looks at | n | boxes | " + " | ".join(MEASURES) + " | s a picture |"]
    lines += ["|---|---|" + "---:|" * (len(MEASURES) + 3)]
    folds = deal_pictures(dataset)
    for spec, measured in looks():
        start = time.process_time()
        searched = search(dataset, finds(spec, measured=measured))
        spent = (time.process_time() - start) / len(searched.truth)
        scores = score_folds(searched, folds)
        means = [f"{scores[m].mean():.3f} ± {scores[m].std():.3f}" for m in MEASURES]
        counts = [f"{scores[n].sum():,}" for n in ("n_pictures", "n_boxes")]
        row = [spec.name, "bands" if measured else "picture", *counts, *means, f"{spent:.3f}"]
        lines.append("| " + " | ".join(row) + " |")
        print(lines[-1], flush=True)
    lines.append("")


def named(boxes):
    """Boxes of classes that are galaxies, under their coarse names."""
    kept = [i for i, label in enumerate(boxes.labels) if label in CLASSES]
    labels = tuple(CLASSES[boxes.labels[i]] for i in kept)
    return Boxes(corners=boxes.corners[kept], scores=boxes.scores[kept], labels=labels)


def classify(workspace, dataset, asked):
    """True boxes, and those of a finder with the classes of a model."""
    truth, found = {}, {}
    for marked in marked_pictures(dataset):
        picture = Picture(
            name=marked.object_id, pixels=marked.pixels, image=marked.image, digest="",
            recipe=dataset.recipe, how="",
        )  # fmt: skip
        told = classify_picture(workspace, picture, asked).found
        boxes = Boxes(
            corners=np.reshape([each.box for each in told], (-1, 4)),
            scores=[each.score for each in told],
            labels=tuple(each.label for each in told),
        )
        found[marked.object_id] = named(boxes)
        truth[marked.object_id] = Truth(
            boxes=named(marked.truth.boxes), unsure=named(marked.truth.unsure)
        )
    return truth, found


def score_pipelines(workspace, dataset, model, lines):
    lines += [f"## {dataset.name}, found and then classified by {model}", ""]
    heads = None
    for spec in FINDERS:
        truth, found = classify(
            workspace, dataset, Asked(model=model, finder=spec.name, most=10_000)
        )
        scores = asdict(score_pipeline(truth, found))
        if heads is None:
            heads = list(scores)
            lines += ["| finder | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(heads)]
        cells = [f"{v:.3f}" if isinstance(v, float) else f"{v:,}" for v in scores.values()]
        lines.append(f"| {spec.name} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    lines.append("")


def draw_cutouts(folder, out):
    """Draw boxes of two finders on 40 square pictures, spread evenly over the folder."""
    files = sorted(path for path in folder.iterdir() if path.suffix in {".jpg", ".jpeg", ".png"})
    tiles = []
    for path in files[:: max(1, len(files) // N_CUTOUTS)][:N_CUTOUTS]:
        picture = next(pictures_at([path]))
        tile = resize_square(picture.image, SIDE_PX)
        for spec, colour in zip(FINDERS, COLOURS, strict=False):
            found = find_galaxies(picture.image, spec.name)
            corners = found.corners * SIDE_PX / picture.image.shape[0]
            small = Boxes(corners=corners, scores=found.scores)
            tile = draw_boxes(tile, small, [""] * len(small), [colour] * len(small))
        tiles.append(tile)
    rows = [np.hstack(tiles[i : i + ACROSS]) for i in range(0, len(tiles), ACROSS)]
    Image.fromarray(np.vstack(rows)).save(out, quality=72, optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="*")
    parser.add_argument("--model", help="classify the last dataset with it")
    parser.add_argument("--cutouts", type=Path, help="folder of real pictures")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    workspace, lines = current(), []
    datasets = [open_dataset(workspace, name) for name in asked.datasets]
    for dataset in datasets:
        score_all(dataset, lines)
    if asked.model:
        score_pipelines(workspace, datasets[-1], asked.model, lines)
    (asked.out / "study.md").write_text("\n".join(lines))
    if asked.cutouts:
        draw_cutouts(asked.cutouts, asked.out / "cutouts.jpg")


if __name__ == "__main__":
    main()
