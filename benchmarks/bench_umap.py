"""UMAP of 17,736 x 64: seeded, the same bits twice, and the faster choice without a seed.

The peer is umap-learn called plainly with a seed, which searches for neighbours approximately
where we compare all with all. Times are of warm calls; the first one, which compiles, is told.
"""

import os
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


def layouts():
    """Our UMAP, seeded and not, against umap-learn called plainly; compiling is not counted."""
    from astro_core.domain import Features
    from astro_core.features.planes import lay_out

    def features(n):
        names = tuple(f"f{i}" for i in range(N_FEATURES))
        return Features(object_ids=tuple(map(str, range(n))), values=vectors(n), names=names)

    given = features(N)
    for settings in ({}, {"reproducible": False}):
        taken, _ = seconds(lambda s=settings: lay_out(features(WARM_UP), "umap", s))
        kind = "unseeded" if settings else "seeded"
        print(f"first call, {WARM_UP:,} rows, with compiling, {kind}: {taken:.1f} s")
    values = vectors(N)
    plainly(values[:WARM_UP])
    first, one = seconds(lambda: lay_out(given, "umap"))
    second, two = seconds(lambda: lay_out(given, "umap"))
    fast, _ = seconds(lambda: lay_out(given, "umap", {"reproducible": False}))
    plain, _ = seconds(lambda: plainly(values))
    same = np.array_equal(one.xy, two.xy)
    ours = (first + second) / 2
    print(f"UMAP {N:,} x {N_FEATURES}, warm")
    print(f"  seeded, one core    {ours:6.1f} s   {plain / ours:4.2f} x (umap-learn {plain:.1f} s)")
    print(f"  unseeded, all cores {fast:6.1f} s   {ours / fast:4.2f} x the seeded one")
    print(f"  the seeded one twice: {'the same bits' if same else 'DIFFERENT'}")
    return same


def main():
    print("load average", *(f"{value:.1f}" for value in os.getloadavg()))
    return 0 if layouts() else 1


if __name__ == "__main__":
    raise SystemExit(main())
