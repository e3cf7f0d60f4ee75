"""Every clustering method through our door against the plain library call on the same array.

Goal: at most 1.1 times the plain call, for k-means, Ward linkage, HDBSCAN with its tree, the
self-organising map and the Gaussian mixture, on 10,000 galaxies with 75 features; batch training
of the map at least 3 times as fast as 10 passes of `MiniSom.train` at an equal or smaller
quantisation error. Peak memory is what a process of its own needs beyond the array and the
imported libraries.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from astro_core.clustering import cluster
from astro_core.domain import Features

N, N_FEATURES, K = 10_000, 75, 12
ROUNDS = 5
OVERLAPPING, BETWEEN, APART = 0.7, 2.0, 6.0


def galaxies(spread=BETWEEN):
    """Twelve groups with long tails; as far apart as `spread` says."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(K, N_FEATURES)) * spread * np.linspace(1, 0.2, N_FEATURES)
    values = centres[rng.integers(0, K, N)] + rng.standard_t(6, size=(N, N_FEATURES))
    return Features(
        object_ids=tuple(f"G{i:05d}" for i in range(N)),
        values=values.astype(np.float32),
        names=tuple(f"f{i}" for i in range(N_FEATURES)),
    )


def plain_kmeans(values):
    from sklearn.cluster import KMeans

    KMeans(K, n_init=10, random_state=0).fit(values)


def plain_ward(values):
    from scipy.cluster.hierarchy import fcluster, linkage

    fcluster(linkage(values, "ward"), K, "maxclust")


def plain_hdbscan(values):
    from hdbscan import HDBSCAN

    model = HDBSCAN(min_cluster_size=15, min_samples=5, gen_min_span_tree=True).fit(values)
    return model.condensed_tree_, model.minimum_spanning_tree_, model.outlier_scores_


def plain_gmm(values):
    from sklearn.mixture import GaussianMixture

    model = GaussianMixture(K, reg_covar=1e-4, max_iter=200, random_state=0).fit(values)
    model.predict_proba(values)
    model.bic(values)


def plain_som(values):
    from minisom import MiniSom

    som = MiniSom(3, 4, N_FEATURES, sigma=1.0, learning_rate=0.5, random_seed=0)
    som.random_weights_init(values)
    som.train(values, 10 * len(values))
    return som.quantization_error(values)


ALL_FEATURES = {"min_cluster_size": 15, "min_samples": 5, "n_features": 0}
METHODS = {
    "kmeans": ("KMeans.fit, 10 starts", plain_kmeans, {}),
    "hierarchical": ("scipy linkage, ward", plain_ward, {}),
    "hdbscan": ("HDBSCAN.fit with trees and scores", plain_hdbscan, ALL_FEATURES),
    "som": ("MiniSom.train, 10 passes", plain_som, {}),
    "gmm": ("GaussianMixture.fit, probabilities, BIC", plain_gmm, {}),
}


def ours(features, method):
    """Group through the door."""
    return cluster(features, method, METHODS[method][2])


def timed(work, *args):
    """Seconds on the wall, and seconds of processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    work(*args)
    return time.perf_counter() - wall, time.process_time() - processor


def compare(features, method):
    """Call both in turns and print the medians."""
    name, plain, _ = METHODS[method]
    sides = {"plain": (plain, features.values), "ours": (ours, features, method)}
    rounds = []
    for call in sides.values():
        timed(*call)  # libraries are imported
    for i in range(ROUNDS):
        took = {side: timed(*sides[side]) for side in sorted(sides, reverse=bool(i % 2))}
        rounds.append((*took["plain"], *took["ours"]))
    walls = [own / theirs for theirs, _, own, _ in rounds]
    processor = statistics.median(own / theirs for _, theirs, _, own in rounds)
    theirs, own = (statistics.median(r[i] for r in rounds) for i in (0, 2))
    print(f"{method}: {own:.2f} s against {theirs:.2f} s of {name}")
    print(f"  {statistics.median(walls):.2f} times the plain call (goal at most 1.1), ", end="")
    print(f"{processor:.2f} in processor time; rounds: {', '.join(f'{w:.2f}' for w in walls)}")
    peaks = {side: peak(method, side) for side in ("plain", "ours")}
    print(f"  peak memory {peaks['ours']:,} MB, plain call {peaks['plain']:,} MB", flush=True)


def peak(method, side):
    """Peak memory of one call in a process of its own, MB beyond what was there before."""
    command = [sys.executable, __file__, "--peak", method, "--side", side]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measure_peak(method, side):
    features = galaxies()
    few = Features(
        object_ids=features.object_ids[:200], values=features.values[:200], names=features.names
    )
    work = (
        (lambda f: METHODS[method][1](f.values)) if side == "plain" else (lambda f: ours(f, method))
    )
    work(few)  # so that what the libraries need is not counted
    before = resident("VmRSS")
    work(features)
    print((resident("VmHWM") - before) // 1024)


def resident(what):
    """Memory of this process in kB: VmRSS now, VmHWM at most (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1])


def compare_maps(spread, what):
    """Our batch training against ten passes of MiniSom, in time and in quality."""
    features = galaxies(spread)
    values = features.values
    rounds = [(*timed(plain_som, values), *timed(ours, features, "som")) for _ in range(ROUNDS)]
    wall, processor = (statistics.median(r[i] / r[i + 2] for r in rounds) for i in (0, 1))
    theirs, own = plain_som(values), float(ours(features, "som").details["quantisation_error"])
    print(f"som, groups that {what}: {wall:.1f} x MiniSom.train of 10 passes (goal 3), ", end="")
    print(f"{processor:.1f} x in processor time")
    print(f"  quantisation error {own:.3f} against {theirs:.3f} (goal: not larger)")


def main():
    """Compare all methods, or print the peak memory of one call."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peak", choices=METHODS)
    parser.add_argument("--side", choices=("plain", "ours"), default="ours")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    if asked.peak:
        measure_peak(asked.peak, asked.side)
        return
    features = galaxies()
    print(f"{N:,} galaxies x {N_FEATURES} features, load average {os.getloadavg()[0]:.1f}")
    for method in METHODS:
        compare(features, method)
    for spread, what in ((OVERLAPPING, "overlap"), (APART, "stand apart")):
        compare_maps(spread, what)


if __name__ == "__main__":
    main()
