"""What a visitor waits for who drops a picture of 424 x 424 px on Classify.

Warm: the picture is read, galaxies are found, cut out, named, and compared with those that the
model learned from; goal 2 s. First visit: the same in a process that has imported Streamlit, as
the server has, and nothing of ours; goal 6 s. The peer is the same model in Keras, in a process of
its own: what the answer would cost without its quick form. Then the map that follows.

    python benchmarks/bench_classify.py [--model sdss-morphology] [--finder source-extraction]

Seconds of the wall say little while others work on the machine; those of the processor are printed
beside them.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROUNDS, SIDE = 15, 424
GOAL_WARM_S, GOAL_FIRST_S = 2.0, 6.0


def make_picture(path):
    """A bright inclined disc and two small neighbours on a noisy sky."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE]
    pixels = random.normal(12, 4, (SIDE, SIDE, 3))
    for x0, y0, light, scale in ((212, 212, 190, 26), (90, 120, 90, 7), (330, 300, 80, 8)):
        radius = np.hypot(x - x0, (y - y0) / 0.6)
        pixels += light * np.exp(-radius / scale)[..., None] * [1.0, 0.85, 0.7]
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=92)


def answer(path, asked):
    from astro_core.workflows.classify import classify_picture
    from astro_core.workflows.pictures import read_pictures
    from astro_core.workspace import current

    (picture,), _ = read_pictures(path)
    return classify_picture(current(), picture, asked)


def timed(do):
    wall, spent = time.perf_counter(), time.process_time()
    found = do()
    return time.perf_counter() - wall, time.process_time() - spent, found


def first_visit(path, told):
    """In a process of its own: what comes after the server is up."""
    import pandas as pd  # noqa: F401 - the server has it
    import streamlit as st  # noqa: F401 - the server has it

    def visit():
        from astro_core.workflows.classified import Asked

        return answer(path, Asked(**told))

    wall, spent, _ = timed(visit)
    loaded = sorted({"tensorflow", "keras"} & set(sys.modules))
    print(json.dumps([wall, spent, loaded]))


def in_keras(path, told):
    """The peer: the same crops, asked of the same network in Keras."""
    from astro_core.workflows.classified import Asked

    crops = np.stack([found.crop for found in answer(path, Asked(**told)).found])

    def ask():
        from astro_core.classifiers.bundle import load_bundle
        from astro_core.workflows.models import find_model
        from astro_core.workspace import current

        return load_bundle(find_model(current(), told["model"])).predict(crops)

    wall, spent, _ = timed(ask)
    print(json.dumps([wall, spent, []]))


def apart(what, path, told):
    command = [sys.executable, __file__, "--apart", what, "--picture", str(path), *flags(told)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def flags(told):
    return ["--model", told["model"], "--finder", told["finder"]]


def wait_for_map(path, asked):
    """Seconds until the class activation map of the first galaxy is there: cold, then warm."""
    from astro_core.runs.desk import stop_desk
    from astro_core.workflows.explain import explain, explanation_state
    from astro_core.workflows.explain_store import keep_image
    from astro_core.workspace import current

    space, took = current(), []
    crop = answer(path, asked).found[0].crop
    for turn in range(2):
        image = keep_image(space, np.roll(crop, turn + int(time.time()) % 40, axis=0))
        begun = time.perf_counter()
        key = explain(space, asked.model, "", image, wait_s=200)
        took.append(time.perf_counter() - begun)
        if explanation_state(space, key).state != "done":
            sys.exit(explanation_state(space, key).error)
    stop_desk(space)
    return took


def main():
    from astro_core.workflows.classified import Asked

    asking = argparse.ArgumentParser()
    asking.add_argument("--model", default="sdss-morphology")
    asking.add_argument("--finder", default="source-extraction")
    asking.add_argument("--apart", default="")
    asking.add_argument("--picture", type=Path)
    given = asking.parse_args()
    told = {"model": given.model, "finder": given.finder}
    if given.apart:
        {"first": first_visit, "keras": in_keras}[given.apart](given.picture, told)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "galaxy.jpg"
        make_picture(path)
        measure(path, told, Asked(**told))


def measure(path, told, asked):
    begun = timed(lambda: answer(path, asked))
    rounds = [timed(lambda: answer(path, asked)) for _ in range(ROUNDS)]
    wall, spent = (statistics.median(r[i] for r in rounds) for i in (0, 1))
    print(f"{len(begun[2].found)} galaxies in {SIDE} x {SIDE} px, {asked.model}, {asked.finder}")
    print(f"warm:        {wall:6.2f} s, processor {spent:.2f} s (goal {GOAL_WARM_S:g} s)")
    first_wall, first_spent, loaded = apart("first", path, told)
    print(f"first visit: {first_wall:6.2f} s, processor {first_spent:.2f} s "
          f"(goal {GOAL_FIRST_S:g} s), loaded {loaded or 'no TensorFlow'}")  # fmt: skip
    keras_wall, keras_spent, _ = apart("keras", path, told)
    print(f"the peer:    {keras_wall:6.2f} s, processor {keras_spent:.2f} s for the answer alone: "
          f"{keras_wall / first_wall:.1f} x as long as all of ours")  # fmt: skip
    cold, warm = wait_for_map(path, asked)
    print(f"the map:     {cold:6.2f} s later where nobody asked before, {warm:.2f} s warm")


if __name__ == "__main__":
    main()
