"""UMAP of 17,736 x 64: seeded, the same bits twice, and the faster choice without a seed.

The peer is umap-learn called plainly with a seed, which searches for neighbours approximately
where we compare all with all, which needs no compiling. A run is done by a worker process that
may never have called either before, so a first call is measured beside a warm one.
"""

import os
import subprocess
import sys
import time
import warnings

import numpy as np

N, N_FEATURES, GROUPS = 17_736, 64, 12
WARM_UP = 4_200


def seconds(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def vectors(n):
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 1.5, (GROUPS, N_FEATURES))
    kinds = rng.integers(0, GROUPS, n)
    return (centres[kinds] + rng.normal(0, 1, (n, N_FEATURES))).astype(np.float32)


def plainly(values):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap

        return umap.UMAP(random_state=0, n_jobs=1).fit_transform(values)


def features(n):
    from astro_core.domain import Features

    names = tuple(f"f{i}" for i in range(N_FEATURES))
    return Features(object_ids=tuple(map(str, range(n))), values=vectors(n), names=names)


def ours(n, **settings):
    from astro_core.features.planes import lay_out

    return lay_out(features(n), "umap", settings).xy


CALLS = {
    "seeded": ours,
    "unseeded": lambda n: ours(n, reproducible=False),
    "umap-learn": lambda n: plainly(vectors(n)),
}


def in_fresh_process(name):
    """Seconds of a first call, imports and compiling included, as a new worker would need."""
    command = [sys.executable, __file__, name]
    taken, _ = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
    return taken


def main():
    if len(sys.argv) > 1:
        CALLS[sys.argv[1]](N)
        return 0
    print("load average", *(f"{value:.1f}" for value in os.getloadavg()))
    for call in CALLS.values():
        call(WARM_UP)
    print(f"UMAP {N:,} x {N_FEATURES}: seconds of a warm call, of a process's first call")
    warm, results = {}, {}
    for name in [*CALLS, "seeded"]:
        taken, result = seconds(lambda name=name: CALLS[name](N))
        warm.setdefault(name, []).append(taken)
        results.setdefault(name, []).append(result)
    cold = {name: in_fresh_process(name) for name in CALLS}
    for name, peer in (("seeded", "umap-learn"), ("unseeded", "seeded")):
        times = f"{min(warm[name]):6.1f} s {cold[name]:6.1f} s"
        ratios = min(warm[peer]) / min(warm[name]), cold[peer] / cold[name]
        print(f"  {name:9s} {times}   {ratios[0]:5.2f} x and {ratios[1]:5.2f} x {peer}")
    print(f"  {'umap-learn':9s} {min(warm['umap-learn']):5.1f} s {cold['umap-learn']:6.1f} s")
    same = np.array_equal(*results["seeded"])
    print(f"  seeded twice: {'the same bits' if same else 'DIFFERENT'}")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
