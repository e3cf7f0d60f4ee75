"""What reading, feeding and augmentation add to training; `predict` against the bare network.

The peer of training is the same network trained on one batch that lies in memory; the peer of
`predict` is the network called on arrays that lie in memory, at the batch size that suits it
best. All kinds are taken in turns; of steps the medians are compared, of `predict` the fastest of
many. Beside time on the wall stands processor time, which other work on the machine disturbs less;
goals are about the wall.
"""

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import numpy as np

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.feeding import Feeder, TrainingSet, as_input
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.registry import MODELS, RECIPES
from astro_core.classifiers.targets import Targets
from astro_core.domain import Head

N, N_PREDICTED = 4_000, 1_024
ROUNDS, STEPS, WARM_UP = 7, 12, 3
ROUNDS_PREDICTING, SIZES = 5, (64, 128, 256, 512)
HEAD = Head(name="label", kind="classes", outputs=("elliptical", "spiral", "edge_on"))
MEASURED = ("fork", "galaxy10-dropout-bn")
FEEDING, AUGMENTATION, PREDICTING = 0.05, 0.25, 0.05  # goals
PLAIN = {
    "rotation_deg": 0.0, "shift": 0.0, "shear_deg": 0.0, "zoom": 0.0, "flip": False,
    "dihedral": False,
}  # fmt: skip


def survey(folder, size):
    """Images on disk, memory-mapped as a stack is, with classes."""
    rng = np.random.default_rng(0)
    path = Path(folder) / f"pixels-{size}.npy"
    if not path.exists():
        np.save(path, rng.integers(0, 255, (N, size, size, 3)).astype(np.uint8))
    pixels = np.load(path, mmap_mode="r", allow_pickle=False)
    truth = np.eye(len(HEAD.outputs), dtype=np.float32)[rng.integers(0, len(HEAD.outputs), N)]
    target = Targets(head=HEAD, truth=truth, known=np.ones(N, dtype=bool))
    return TrainingSet(pixels=pixels, targets=(target,), rows=np.arange(N))


def network(recipe):
    spec, params = MODELS.get(recipe.model), recipe.training
    shape = (params.size_px, params.size_px, 1 if params.grey else 3)
    return spec.build(shape, (HEAD,), recipe.network)


def now():
    """Seconds on the wall, and of the processor."""
    return np.array([time.perf_counter(), time.process_time()])


def compiled(recipe):
    """The network, ready to learn, and its steps with our bookkeeping left out."""
    from astro_core.classifiers.fitting import compile_for

    model = network(recipe)
    compile_for(model, (HEAD,), recipe.training, steps=10_000)
    return model


class Clock:
    """Milliseconds of a step, the first ones left out."""

    def __init__(self):
        import keras

        self.ends = []
        self.callback = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda *_, **__: self.ends.append(now())
        )

    def step(self):
        """Median on the wall and mean of the processor: the work of threads comes in lumps."""
        taken = np.diff(self.ends, axis=0)[WARM_UP:] * 1e3
        return np.array([np.median(taken[:, 0]), taken[:, 1].mean()])


def timed(model, batches, callbacks=()):
    clock = Clock()
    model.fit(
        batches, steps_per_epoch=STEPS + WARM_UP + 1, verbose=0, shuffle=False,
        callbacks=[*callbacks, clock.callback],
    )  # fmt: skip
    return clock.step()


def sources(training, params):
    """One cached batch; images read and fed as they are; and augmented."""
    plain = replace(params, **PLAIN)
    feeders = (Feeder(training, plain), Feeder(training, params))
    cached = feeders[0].dataset(0).take(1).cache().repeat()
    return {"cached": cached} | dict(
        zip(("fed", "augmented"), (f.dataset(0) for f in feeders), strict=True)
    )


def measure_training(recipe, folder):
    """Milliseconds of a step for each source: on the wall, and of the processor."""
    params = recipe.training
    training = survey(folder, params.size_px)
    model, found = compiled(recipe), {}
    batches = sources(training, params)
    timed(model, batches["cached"])
    for _ in range(ROUNDS):
        for name, source in batches.items():
            found.setdefault(name, []).append(timed(model, source))
    return {name: np.median(values, axis=0) for name, values in found.items()}


def told_training(recipe, folder):
    """Print what feeding and augmentation cost; whether both are within their goals."""
    ms = measure_training(recipe, folder)
    fed, more = ms["fed"] / ms["cached"] - 1, (ms["augmented"] - ms["fed"]) / ms["cached"]
    wall, processor = ms["cached"]
    print(f"{recipe.name}: a step of {recipe.training.batch_size} on one cached batch takes "
          f"{wall:.0f} ms, {processor:.0f} ms of the processor")  # fmt: skip
    for said, cost, goal in (
        ("reading and feeding", fed, f"< {FEEDING:.0%}"),
        ("augmentation", more, f"<= {AUGMENTATION:.0%}"),
    ):
        print(f"  {said} {cost[0]:+.1%} (goal {goal}), {cost[1]:+.1%} of the processor")
    return fed[0] < FEEDING and more[0] <= AUGMENTATION


def bare(model, images, size):
    """Seconds of the network alone on images in memory."""
    begun = now()
    for start in range(0, len(images), size):
        model(images[start : start + size], training=False)
    return now() - begun


def told_predicting(recipe, folder):
    """Print what `predict` costs beyond the network; whether it is within its goal."""
    import tensorflow as tf

    training = survey(folder, recipe.training.size_px)
    pixels = training.pixels[:N_PREDICTED]
    images = tf.constant(as_input(np.asarray(pixels), grey=recipe.training.grey))
    model = network(recipe)
    call = tf.function(lambda x, training: model(x, training=training), reduce_retracing=True)
    peers, ours = {size: [] for size in SIZES}, []
    for _ in range(ROUNDS_PREDICTING + 1):
        for size, taken in peers.items():
            taken.append(bare(call, images, size))
            begun = now()
            predict(model, pixels, (HEAD,), grey=recipe.training.grey)
            ours.append(now() - begun)
    least = min(peers, key=lambda size: np.median(peers[size][1:], axis=0)[0])
    fastest = np.min([taken[1:] for taken in peers.values()], axis=(0, 1))
    our = np.min(ours[len(SIZES) :], axis=0)
    cost = our / fastest - 1
    print(f"  predict {N_PREDICTED / our[0]:,.0f} images a second, the bare network "
          f"{N_PREDICTED / fastest[0]:,.0f} at its best batch size, {least}: {cost[0]:+.1%} "
          f"(goal < {PREDICTING:.0%}), {cost[1]:+.1%} of the processor")  # fmt: skip
    return cost[0] < PREDICTING


def main():
    print("load average", *(f"{value:.1f}" for value in os.getloadavg()))
    good = []
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or MEASURED:
            recipe = RECIPES.get(name)
            good += [told_training(recipe, folder), told_predicting(recipe, folder)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
