"""A folder of pictures with a table of labels, and what runs on it."""

from pathlib import Path

import numpy as np
from PIL import Image

from astro_core.runs import execute

RNG = np.random.default_rng(5)


def picture(path, values=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    values = RNG.integers(1, 255, (12, 10, 3), dtype=np.uint8) if values is None else values
    Image.fromarray(values).save(path)
    return values


def write_sample(root):
    """Ten spirals of two senses, ten ellipticals, five mergers and everything that goes wrong."""
    rows = ["objid,file,class,group"]
    classes = ["spiral_clockwise", "spiral_anticlockwise"] * 5 + ["elliptical"] * 10
    for i, name in enumerate(classes + ["merger"] * 5):
        picture(root / "images" / f"{i}.png")
        rows.append(f"58772298173382673{i:02d},{i}.png,{name},")
    twin = picture(root / "images" / "twin1.png")
    picture(root / "images" / "twin2.png", twin)
    (root / "images" / "cut.png").write_bytes((root / "images" / "0.png").read_bytes()[:60])
    picture(root / "images" / "black.png", np.zeros((5, 5, 3), np.uint8))
    rows += [
        "t1,twin1.png,merger,",
        "t2,twin2.png,elliptical,",
        "cut,cut.png,merger,",
        "black,black.png,merger,",
        "gone,gone.png,merger,",
        "out,../../secret.png,merger,",
        "t1,0.png,merger,",
    ]
    (root / "labels.csv").write_text("\n".join(rows) + "\n")
    return root


def run(space, kind, **params):
    plain = {k: str(v) if isinstance(v, Path) else v for k, v in params.items()}
    return execute(space, kind, plain, title="test")
