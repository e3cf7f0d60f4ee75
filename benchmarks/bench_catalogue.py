"""A whole survey: the engine against reading and answering measured alone, on one core and on two.

Goals: at least 0.85 of 1 / (t_read + t_model), both measured alone on the same two cores; two
pinned cores at least 1.7 times one; peak memory that does not grow with the catalogue.

Seconds on the clock mean something on a quiet machine alone; seconds of processor hold on a busy
one as well, so both are printed.

Stamps are 424 x 424 JPEG, simulated; the model is the shipped `sdss-morphology`, or an untrained
`fork` of 96 px where that is not there.
"""

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from PIL import Image

from astro_core import runs
from astro_core.runs.locate import engine_owner
from astro_core.workflows.catalogue import submit_survey
from astro_core.workflows.catalogue_shard import answers_of, images_of
from astro_core.workflows.catalogue_source import SurveyRequest, open_survey, recipe_of
from astro_core.workflows.classify_model import open_classifier
from astro_core.workflows.models import has_models
from astro_core.workspace import Workspace

SHIPPED = "sdss-morphology"
N_STAMPS, SIDE_PX = 64, 424
N_ALONE = 256


def draw_stamps(folder):
    """Write simulated galaxies: a disc on noise."""
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX] - SIDE_PX / 2
    for number in range(N_STAMPS):
        rng = np.random.default_rng(number)
        light = 200 * np.exp(-np.hypot(x, y * rng.uniform(1, 4)) / rng.uniform(20, 50))
        colour = rng.uniform(0.6, 1, 3)
        pixels = light[..., None] * colour + rng.normal(14, 5, (SIDE_PX, SIDE_PX, 3))
        image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        image.save(folder / f"{number}.jpg", quality=90)


def untrained(folder):
    """Write a `fork` that has learned nothing; it takes as long as one that has."""
    from astro_core.classifiers.bundle import BundleInfo, save_bundle
    from astro_core.classifiers.bundle_info import QUICK
    from astro_core.classifiers.networks.fork import ForkParams, build_fork
    from astro_core.classifiers.quick import write_quick
    from astro_core.domain import Head, RenderRecipe

    head = Head(name="shape", kind="classes", outputs=("elliptical", "spiral", "edge_on"))
    network = build_fork((96, 96, 3), (head,), ForkParams())
    info = BundleInfo(
        name="untrained", kind="keras", heads=(head,), embedding="embedding",
        render=RenderRecipe(size_px=96),
    )  # fmt: skip
    beside = {QUICK: lambda path: write_quick(network, "embedding", path)}
    save_bundle(folder, network, info, beside)


def catalogue(folder, n):
    """A table of `n` galaxies that share the stamps."""
    number = np.arange(n)
    frame = pd.DataFrame({"object_id": [f"G{i}" for i in number], "stamp": number % N_STAMPS})
    frame.to_parquet(folder / f"survey-{n}.parquet")
    return str(folder / f"survey-{n}.parquet")


def alone(core, root, request, what, told):
    """Read stamps, or answer about them, on one core; tells what `on_two_cores` returns."""
    os.sched_setaffinity(0, {core})
    space = Workspace(Path(root))
    model = open_classifier(space, request.model)
    survey = open_survey(space, request)
    recipe, _ = recipe_of(survey, model.info)
    rows = survey.first(64)
    images, _ = images_of(survey.dataset, recipe, rows)
    head = request.main_head(model.info).name
    answers_of(space, model, head, images)
    began, used = time.perf_counter(), time.process_time()
    for _ in range(N_ALONE // len(rows)):
        if what == "read":
            images_of(survey.dataset, recipe, rows)
        else:
            answers_of(space, model, head, images)
    took = time.perf_counter() - began, time.process_time() - used
    told.put(np.array(took) / N_ALONE)


def on_two_cores(cores, root, request, what):
    """Seconds for one galaxy while each core does nothing but this: on the clock, of processor."""
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    at_work = [
        context.Process(target=alone, args=(core, root, request, what, told)) for core in cores
    ]
    for process in at_work:
        process.start()
    seconds = [told.get() for _ in at_work]
    for process in at_work:
        process.join()
    clock, processor = np.mean(seconds, axis=0)
    return clock / len(cores), processor


class Watch(threading.Thread):
    """Watches the workers of an engine: the memory of the largest, and processor time by worker."""

    def __init__(self, workspace):
        super().__init__(daemon=True)
        self.workspace, self.bytes, self.over = workspace, 0, threading.Event()
        self.used = {}

    def run(self):
        while not self.over.wait(0.1):
            self.look()

    def look(self):
        owner = engine_owner(self.workspace)
        if owner is None:
            return
        for child in psutil.Process(owner["pid"]).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                self.bytes = max(self.bytes, child.memory_info().rss)
                self.used[child.pid] = sum(child.cpu_times()[:2])


def classified(workspace, cores, request):
    """Classify a survey on some cores.

    Returns galaxies per second on the clock, seconds of processor for one galaxy by worker, and the
    peak memory of a worker.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(cores))  # what the engine inherits
    watch = Watch(workspace)
    watch.start()
    seen = []

    def told(run):
        if run.message == "Classifying" and run.done:
            watch.look()
            seen.append((run.done, time.perf_counter(), dict(watch.used)))

    try:
        run = runs.wait(workspace, submit_survey(workspace, request), told)
    finally:
        watch.over.set()
        runs.stop_engine(workspace)
        os.sched_setaffinity(0, before)
    assert run.state == "done", run.error
    (first, began, before), (last, ended, after) = seen[0], seen[-1]
    each = [(after[pid] - before.get(pid, 0.0)) / (last - first) for pid in after]
    return (last - first) / (ended - began), np.array(each), watch.bytes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--galaxies", type=int, default=6_000)
    parser.add_argument("--times", type=int, default=10, help="how much larger the large one is")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:2]
    folder = Path(tempfile.mkdtemp(prefix="bench-catalogue-"))
    workspace = Workspace(folder / "space").ensure()
    try:
        (folder / "stamps").mkdir()
        draw_stamps(folder / "stamps")
        name = SHIPPED if has_models(workspace, SHIPPED) else "untrained"
        if name == "untrained":
            untrained(workspace.models / name)
        report(folder, workspace, name, cores, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def report(folder, workspace, name, cores, options):
    """Measure and print."""

    def asked(n):
        stamps = f"{folder}/stamps/{{stamp}}.jpg"
        return SurveyRequest(model=name, catalogue=catalogue(folder, n), stamps=stamps)

    n, large = options.galaxies, options.galaxies * options.times
    print(f"{name}, {SIDE_PX} px JPEG, cores {cores}, load {os.getloadavg()[0]:.1f}")
    request, root = asked(n), str(workspace.root)
    (read, read_cpu), (model, model_cpu) = (
        on_two_cores(cores, root, request, what) for what in ("read", "model")
    )
    two, used, small_peak = classified(workspace, cores, request)
    one, _, _ = classified(workspace, cores[:1], asked(n // 2))
    bound = 1 / (read + model)
    cpu = read_cpu + model_cpu
    print(f"one galaxy: {1e3 * read_cpu:.1f} ms to read, {1e3 * model_cpu:.1f} ms to answer")
    print(f"engine {two:,.0f} per second: {two / bound:.2f} of 1 / (t_read + t_model) (goal 0.85)")
    print(
        f"of processor: {1e3 * used.sum():.1f} ms for one galaxy, {cpu / used.sum():.2f} of it so"
    )
    print(f"two cores against one: {two / one:.2f} x (goal 1.7)")
    print(f"of processor: the two workers share the work {used.sum() / used.max():.2f} : 1")
    _, _, large_peak = classified(workspace, cores, asked(large))
    print(
        f"peak memory of a worker: {small_peak / 1e6:,.0f} MB for {n:,} galaxies, "
        f"{large_peak / 1e6:,.0f} MB for {large:,}"
    )
    for survey, count in (("S-PLUS DR3", 164_000), ("Rubin", 100_000_000)):
        hours = count * used.sum() / 3600
        print(f"{survey}: {count:,} galaxies take {hours:,.1f} hours of one core")
    print(f"load afterwards {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    sys.exit(main())
