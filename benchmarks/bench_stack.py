"""The pixel stack: the engine on two cores against one plain loop of Pillow or astropy.

Goal: at least 1.6 times faster for the pictures of galaxyzoo1 and for FITS stamps like the demo's.
Both write the same array; the engine has been started before the clock runs, as in the app.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.io import fits
from astropy.visualization import make_lupton_rgb
from PIL import Image

from astro_core.datasets.store import publish_dataset, write_state
from astro_core.domain import Dataset, ImagePart, RenderRecipe, Source, plain_taxonomy
from astro_core.runs import stop_engine, submit, wait
from astro_core.workflows.stack import open_stack, stack_path
from astro_core.workspace import Workspace

ALTERNATIONS = 3
N_STAMPS = 1500
STAMP_BANDS = ("U", "G", "R", "F660", "I", "Z")
PICTURES = Path(__file__).resolve().parents[2] / "shared" / "data" / "galaxyzoo1"
PICTURE_RECIPE = RenderRecipe(crop_px=256, size_px=128)
STAMP_RECIPE = RenderRecipe(
    red="I", green="R", blue="G", transform="lupton", stretch=20.0, size_px=128, origin="lower"
)


def dataset_of(workspace, name, root, files, part):
    """Publish a dataset over files where they are, without checking them."""
    frame = pd.DataFrame({"object_id": [Path(f).stem for f in files], "file": files})
    frame = frame.assign(part=0, row=0, label=None, split=None, group=frame["object_id"])
    frame = frame.assign(ra_deg=np.nan, dec_deg=np.nan, width_px=0, height_px=0)
    frame = frame.assign(content=frame["object_id"], duplicate_of=None)
    made = workspace.scratch_folder("bench") / "dataset"
    made.mkdir()
    dataset = Dataset(
        name=name,
        folder=made,
        parts=(ImagePart(root=str(root), **part),),
        bands=part["bands"],
        taxonomy=plain_taxonomy("none", ()),
        source=Source(reader="bench", location=str(root), imported_at="2026-01-01T00:00:00Z"),
        fingerprint=f"bench{name}",
        n_objects=len(files),
        n_bad=0,
        class_counts={},
    )
    write_state(made, dataset, frame, [])
    return publish_dataset(workspace, made, name)


def write_stamps(root):
    """Write FITS stamps like the demo's: six bands, integers with BSCALE."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[-64:64, -64:64]
    for i in range(N_STAMPS):
        disc = np.exp(-np.hypot(x, y * rng.uniform(1, 3)) / rng.uniform(3, 12))
        for k, band in enumerate(STAMP_BANDS):
            values = 100 * (k + 1) * disc + rng.normal(0, 5, disc.shape)
            hdu = fits.PrimaryHDU(values.astype(np.float32))
            hdu.scale("int16", bscale=0.1, bzero=0)
            hdu.writeto(root / f"s{i:04d}_{band}.fits")


def plain_pictures(root, files, out):
    """Loop over pictures with Pillow."""
    size = PICTURE_RECIPE.size_px
    shape = (len(files), size, size, 3)
    stack = np.lib.format.open_memmap(out, mode="w+", dtype=np.uint8, shape=shape)
    for i, file in enumerate(files):
        with Image.open(root / file) as picture:
            image = picture.convert("RGB")
        left, top = image.width // 2 - 128, image.height // 2 - 128
        image = image.crop((left, top, left + 256, top + 256))
        stack[i] = np.asarray(image.resize((size, size), Image.Resampling.LANCZOS))


def plain_stamps(root, files, out):
    """Loop over stamps with astropy."""
    size = STAMP_RECIPE.size_px
    shape = (len(files), size, size, 3)
    stack = np.lib.format.open_memmap(out, mode="w+", dtype=np.uint8, shape=shape)
    for i, file in enumerate(files):
        red, green, blue = (
            fits.getdata(root / file.replace("{band}", band)).astype(np.float32)
            for band in STAMP_RECIPE.bands
        )
        image = make_lupton_rgb(
            red, green, blue, minimum=0, stretch=STAMP_RECIPE.stretch, Q=STAMP_RECIPE.Q
        )
        stack[i] = image[::-1]


def on_the_engine(workspace, dataset, recipe):
    """Wall time from asking for a stack to having it."""
    shutil.rmtree(stack_path(workspace, dataset, recipe), ignore_errors=True)
    params = {"dataset": dataset.name, "recipe": recipe.to_json()}
    start = time.perf_counter()
    run = wait(workspace, submit(workspace, "pixels", params, title="benchmark"))
    took = time.perf_counter() - start
    if run.state != "done":
        sys.exit(run.error)
    return took


def compare(workspace, dataset, recipe, plain, root, files):
    """Run both in turns and print the medians."""
    out = workspace.root / "plain.npy"
    rounds = []
    for _ in range(ALTERNATIONS):
        start = time.perf_counter()
        plain(root, files, out)
        rounds.append((time.perf_counter() - start, on_the_engine(workspace, dataset, recipe)))
    loop, engine = (statistics.median(column) for column in zip(*rounds, strict=True))
    ours = open_stack(workspace, dataset, recipe)
    apart = np.abs(ours.pixels.astype(np.int16) - np.load(out).astype(np.int16)) > 1
    n = len(files)
    print(
        f"{dataset.name}: {n:,} objects; {apart.mean():.1e} of the values differ by over one level"
    )
    print(f"  plain loop  {loop:6.1f} s  {n / loop:6.0f} per second")
    print(f"  engine      {engine:6.1f} s  {n / engine:6.0f} per second")
    print(f"  {loop / engine:.2f} x (goal 1.6); each round: ", end="")
    print(", ".join(f"{a / b:.2f}" for a, b in rounds))


def main():
    """Compare on FITS stamps, and on pictures where they are."""
    folder = Path(tempfile.mkdtemp(prefix="bench-stack-"))
    workspace = Workspace(folder / "workspace").ensure()
    try:
        stamps = folder / "stamps"
        stamps.mkdir()
        write_stamps(stamps)
        tokens = {"tokens": {band: band for band in STAMP_BANDS}}
        part = {"layout": "fits_bands", "bands": STAMP_BANDS, "options": tokens}
        files = [f"s{i:04d}_{{band}}.fits" for i in range(N_STAMPS)]
        dataset = dataset_of(workspace, "stamps", stamps, files, part)
        on_the_engine(workspace, dataset, STAMP_RECIPE)
        compare(workspace, dataset, STAMP_RECIPE, plain_stamps, stamps, files)
        if not PICTURES.is_dir():
            print("galaxyzoo1 is not here: skipped")
            return
        files = sorted(str(p.relative_to(PICTURES)) for p in PICTURES.rglob("*.jpeg"))
        part = {"layout": "picture", "bands": ("R", "G", "B")}
        dataset = dataset_of(workspace, "galaxyzoo1", PICTURES, files, part)
        compare(workspace, dataset, PICTURE_RECIPE, plain_pictures, PICTURES, files)
    finally:
        stop_engine(workspace)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
