"""Folders of small pictures, and what the readers find in them."""

import numpy as np
from PIL import Image

from astro_core.datasets.readers import READERS, ScanOptions
from astro_core.domain import no_progress

RNG = np.random.default_rng(0)


def picture(path, mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    values = RNG.integers(1, 255, (6, 6, 3), dtype=np.uint8)
    Image.fromarray(values).convert(mode).save(path)


def scan(path, reader, **options):
    return READERS.get(reader).scan(path, ScanOptions(**options), no_progress)


def best(path):
    found = {spec.name: spec.sniff(path) for spec in READERS}
    return max((m.score, name) for name, m in found.items() if m is not None)[1]


def labels_of(found):
    table = found.catalogue
    return {
        object_id: label if isinstance(label, str) else None
        for object_id, label in zip(table["object_id"], table["label"], strict=True)
    }
