"""Principal components of 10,000 stamps of 174 x 174 x 3, streamed from disk to 75 numbers each.

Goals: at least 0.8 times as fast as the raw `IncrementalPCA.partial_fit` of scikit-learn on the
same batches in memory, with resident memory under 2 GB. Both have one thread for linear algebra,
as a worker of the engine has. The peer would take many minutes for all stamps, so it is timed on
a few batches; every batch after the first costs it the same.
"""

import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

N = 10_000
SIDE = 174
COMPONENTS = 75
BATCH = 150
PEER_BATCHES = 4
GOAL = 0.8
MEMORY_BYTES = 2e9


class Peak:
    """Largest resident memory of this process while it is open, in bytes."""

    def __enter__(self):
        self.bytes, self._stop = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self):
        process = psutil.Process()
        while not self._stop.wait(0.02):
            self.bytes = max(self.bytes, process.memory_info().rss)

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


class NoCheckpoint:
    def load(self):
        return None

    def save(self, arrays):
        pass


def write_stamps(path):
    """Elongated galaxies of all sizes, directions and colours over noise, made once in pieces."""
    rng = np.random.default_rng(0)
    pixels = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(N, SIDE, SIDE, 3))
    offset = pixels.offset
    axis = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    for start in range(0, N, 100):
        n = min(100, N - start)
        turn = rng.uniform(0, np.pi, n).astype(np.float32)[:, None, None]
        ratio, radius = rng.uniform(0.2, 1, n), rng.uniform(5, 40, n)
        along = axis * np.cos(turn) + axis[:, None] * np.sin(turn)
        across = (axis[:, None] * np.cos(turn) - axis * np.sin(turn)) / ratio[:, None, None]
        light = 180 * np.exp(-np.hypot(along, across) / radius[:, None, None])
        colour = rng.uniform(0.4, 1.3, (n, 1, 1, 3)).astype(np.float32)
        noise = rng.standard_normal((n, SIDE, SIDE, 3), dtype=np.float32) * 4
        pixels[start : start + n] = np.clip(light[..., None] * colour + 12 + noise, 0, 255)
    pixels.flush()
    return offset


def ours(path, offset, **settings):
    from astro_core.features.pca import PcaParams, learn
    from astro_core.features.registry import StampSource

    source = StampSource(path=path, offset=offset, size_px=SIDE, rows=np.arange(N))
    marks = []
    began = time.perf_counter()

    def progress(done, *_):
        marks.append((time.perf_counter() - began, done))

    with Peak() as peak:
        params = PcaParams(n_components=COMPONENTS, batch=BATCH, **settings)
        learned = learn(source, params, progress, NoCheckpoint())
    learning = next(at for at, done in marks if done >= N)
    return learned, learning, time.perf_counter() - began, peak.bytes


def peer(path):
    """Seconds per stamp of scikit-learn on batches that lie in memory as float32."""
    from sklearn.decomposition import IncrementalPCA

    pixels = np.load(path, mmap_mode="r")
    order = np.random.default_rng(0).permutation(N)
    model, times = IncrementalPCA(COMPONENTS), []
    for k in range(PEER_BATCHES):
        rows = np.sort(order[k * BATCH : (k + 1) * BATCH])
        batch = np.array(pixels[rows]).reshape(BATCH, -1).astype(np.float32) / np.float32(255)
        began = time.perf_counter()
        model.partial_fit(batch, check_input=False)
        times.append(time.perf_counter() - began)
    return float(np.median(times[1:])) / BATCH


def main():
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pixels.npy"
        offset = write_stamps(path)
        each = peer(path)
        print(f"{N:,} stamps of {SIDE} x {SIDE} x 3 to {COMPONENTS}, batches of {BATCH}")
        print(f"scikit-learn partial_fit   {1 / each:7.1f} stamps/s ({each * N:.0f} s for all)")
        fine = True
        for name, settings in (("as they are", {}), ("turned", {"normalise_orientation": True})):
            learned, learning, whole, peak = ours(path, offset, **settings)
            ratio = each * N / learning
            fine &= ratio >= GOAL and peak < MEMORY_BYTES
            print(
                f"{name:12s} learning      {N / learning:7.1f} stamps/s   {ratio:5.1f} x the peer "
                f"(goal {GOAL}), with projection {whole:.0f} s, peak {peak / 1e9:.2f} GB; "
                f"{learned.model['explained'].sum():.1%} of the variance"
            )
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
