import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from astro_core.runs import stop_engine
from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Said:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        assert self.out.count("\n") == 1
        return json.loads(self.out)


@pytest.fixture(scope="session", autouse=True)
def heed_interrupts():
    """Commands heed Ctrl-C also where the tests run in the background, which heeds none."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Shell:
    """A person at a shell, with a workspace of her own."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.environment = os.environ | {
            ENVIRONMENT_VARIABLE: str(workspace.root),
            "COLUMNS": "100",
        }

    def start(self, *words, **more):
        command = [sys.executable, "-m", "astro_core", *map(str, words)]
        return subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )

    def __call__(self, *words, **more):
        process = self.start(*words, **more)
        out, err = process.communicate(timeout=240)
        assert "Traceback" not in out + err
        return Said(process.returncode, out, err)


@pytest.fixture(scope="session")
def shell(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("cli")).ensure()
    yield Shell(workspace)
    stop_engine(workspace)


def picture(path, seed):
    values = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A folder per class: 6 spirals, 4 ellipticals, 2 mergers, and two files that are no images."""
    folder = tmp_path_factory.mktemp("sample") / "sky"
    seed = 0
    for name, number in {"spiral": 6, "elliptical": 4, "merger": 2}.items():
        for _ in range(number):
            seed += 1
            picture(folder / name / f"g{seed:02d}.png", seed)
    (folder / "spiral" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    (folder / "merger" / "empty.jpg").touch()
    return folder


def band(path, values):
    fits.PrimaryHDU(values.astype(np.float32)).writeto(path, overwrite=True)
    return path


@pytest.fixture(scope="session")
def bands(tmp_path_factory):
    """Two objects in I, R, G, and a third of which R is cut short."""
    folder = tmp_path_factory.mktemp("bands")
    random = np.random.default_rng(7)
    for name in ("a", "b", "c"):
        for filter_name in ("I", "R", "G"):
            values = random.normal(0.5, 0.3, (20, 30))
            band(folder / f"{name}_{filter_name}.fits", values)
    cut = folder / "c_R.fits"
    cut.write_bytes(cut.read_bytes()[:3000])
    return folder


@pytest.fixture(scope="session")
def imported(shell, sample):
    """The sample as dataset "sky", and what the command said."""
    return shell("import", sample, "--name", "sky")


@pytest.fixture
def real():
    def find(name):
        path = DATA / name
        if not path.exists():
            pytest.skip(f"shared/data/{name} is not there")
        return path

    return find
