"""Shape statistics of one galaxy: ours against `statmorph.SourceMorphology` as it comes.

Goal: at least 3 times faster for the same numbers, segmentation not counted. Both measure the same
segment of the same pixels of galaxyzoo1 (or a simulated disc, where that is not there). A second
line has the whole way from pixels to statistics, with large galaxies on means of pixels.
"""

import os
import statistics
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from astro_core.domain import Pixels
from astro_core.features.morphology import STATISTICS, MorphologyParams, measure_morphology
from astro_core.features.segmentation import segment_centre
from astro_core.features.statmorph_fast import FastMorphology

N_GALAXIES = 24
GOAL = 3.0
PICTURES = Path(__file__).resolve().parents[2] / "shared" / "data" / "galaxyzoo1" / "images"


def galaxies():
    """Pictures as (3, height, width), or discs with noise."""
    files = sorted(PICTURES.glob("*.jpeg"))[:: max(1, 3615 // N_GALAXIES)][:N_GALAXIES]
    if files:
        return [np.moveaxis(np.asarray(Image.open(file)), -1, 0) for file in files]
    rng = np.random.default_rng(0)
    y, x = np.mgrid[-212:212, -212:212]
    discs = (200 * np.exp(-np.hypot(x, y * rng.uniform(1, 3)) / 30) for _ in range(N_GALAXIES))
    return [
        (disc + 5 + rng.normal(0, 2, (3, 424, 424))).clip(0, 255).astype("u1") for disc in discs
    ]


def timed(function, *args):
    began = time.process_time()
    result = function(*args)
    return result, time.process_time() - began


def library(found, **more):
    from statmorph import SourceMorphology

    maker = FastMorphology if more else SourceMorphology
    noise = np.full(found.plane.shape, found.sky_sigma)
    return maker(found.plane, found.labels, found.label, weightmap=noise, cutout_extent=1.5, **more)


def main():
    os.environ["OMP_NUM_THREADS"] = "1"
    warnings.simplefilter("ignore")
    ours, theirs, whole, worst = [], [], [], 0.0
    for image in galaxies():
        found = segment_centre(image.mean(axis=0))
        quantities = ("sn_per_pixel", *STATISTICS)
        fast, seconds = timed(partial(library, found, quantities=quantities))
        ours.append(seconds)
        plain, seconds = timed(library, found)
        theirs.append(seconds)
        worst = max(worst, *(abs(fast[name] - plain[name]) for name in STATISTICS))
        pixels = Pixels(object_id="g", bands=("R", "G", "B"), values=image, display=True)
        whole.append(timed(measure_morphology, pixels, MorphologyParams())[1])
    ratio = sum(theirs) / sum(ours)
    print(
        f"statmorph on {len(ours)} galaxies: {ratio:.1f} x as fast (goal {GOAL:.0f} x), "
        f"{statistics.mean(theirs):.2f} s against {statistics.mean(ours):.2f} s of processor time "
        f"each; largest difference of a statistic {worst:.1e}"
    )
    print(
        f"From pixels to statistics: {statistics.mean(whole):.2f} s each, half of them under "
        f"{statistics.median(whole):.2f} s; {sum(theirs) / sum(whole):.1f} x as fast as the "
        "library without its segmentation"
    )


if __name__ == "__main__":
    main()
