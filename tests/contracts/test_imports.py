"""Opening the app must not pay for a network, and the rooms must load on their own."""

import pkgutil
import subprocess
import sys

import pytest

import astro_core

MODULES = sorted(
    m.name
    for m in pkgutil.walk_packages(astro_core.__path__, "astro_core.")
    if not m.name.endswith(".migrations.env")  # Alembic runs it, inside a migration
)
OF_KERAS = {"astro_core.classifiers.watching"}  # defines a Keras class; imported inside functions
NETWORKS = ("tensorflow", "keras", "umap", "torch")
HEAVY = (*NETWORKS, "galsim", "distributed", "sklearn", "hdbscan")


def loaded_after(code):
    script = f"import sys\n{code}\nprint(*sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())


def test_no_module_loads_a_network():
    code = "\n".join(
        f"import {m}" for m in MODULES if not m.endswith("__main__") and m not in OF_KERAS
    )
    assert not loaded_after(code) & set(NETWORKS)


@pytest.mark.parametrize("module", ["astro_core.cli", "astro_core.ui", "astro_core.runs"])
def test_start_up_loads_nothing_heavy(module):
    assert not loaded_after(f"import {module}") & set(HEAVY)
