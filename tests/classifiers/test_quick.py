"""First answers without TensorFlow, and what a model says of the galaxies it learned from."""

import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from astro_core.classifiers.bundle import load_bundle, save_bundle
from astro_core.classifiers.bundle_info import QUICK, REFERENCE, checksum, read_info, write_info
from astro_core.classifiers.bundle_zip import export_zip, import_zip
from astro_core.classifiers.export_litert import open_litert
from astro_core.classifiers.predicting import embed, predict
from astro_core.classifiers.quick import open_quick, write_quick
from astro_core.classifiers.reference import make_reference, read_reference, write_reference
from astro_core.errors import BadInputError

WIDTH = 12


def cloud(n, seed, centre=0.0):
    return np.random.default_rng(seed).normal(centre, 1, (n, WIDTH)).astype(np.float32)


def reference(**more):
    vectors = cloud(300, 0)
    told = {
        "object_ids": [f"G{i}" for i in range(300)],
        "datasets": ["sky"] * 300,
        "labels": ["a", "b", ""] * 100,
        "vectors": vectors,
        "aside_ids": [f"A{i}" for i in range(400)],
        "aside": cloud(400, 1),
        "pixels": np.random.default_rng(2).integers(0, 60, (300, 16, 16, 3)).astype(np.uint8),
        "framing": 0.4,
    }
    return make_reference(**(told | more))


@pytest.fixture(scope="module")
def kept(network, toy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick") / "toy"
    told = toy.info("keras", heads=(toy.label, toy.votes), views=8)
    beside = {
        QUICK: lambda path: write_quick(network, told.embedding, path),
        REFERENCE: lambda path: write_reference(reference(), path),
    }
    save_bundle(folder, network, told, beside)
    return folder


@pytest.mark.parametrize("views", [1, 8])
def test_it_answers_as_the_network_does(kept, network, toy, views):
    pixels, heads = toy.images(5), (toy.label, toy.votes)
    answers, vectors = open_quick(kept).answer(pixels, views=views)
    ours = predict(network, pixels, heads, views=views)
    for head in heads:
        np.testing.assert_allclose(answers[head.name], ours[head.name], atol=3e-3)
    np.testing.assert_allclose(vectors, embed(network, "embedding", pixels), rtol=0.02, atol=0.02)
    assert open_quick(kept).answer(pixels[:0])[0]["label"].shape == (0, 3)


def test_it_needs_no_tensorflow(kept):
    code = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from astro_core.classifiers.quick import open_quick\n"
        f"open_quick(Path({str(kept)!r})).answer(np.zeros((1, 16, 16, 3), np.uint8))\n"
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_bundle_without_one_says_so_and_a_changed_one_is_refused(kept, network, toy, tmp_path):
    save_bundle(tmp_path / "plain", network, toy.info("keras", heads=(toy.label, toy.votes)))
    assert open_quick(tmp_path / "plain") is None
    assert read_reference(tmp_path / "plain") is None
    changed = shutil.copytree(kept, tmp_path / "changed")
    for name in (QUICK, REFERENCE):
        (changed / name).write_bytes(b"something else")
    for read in (open_quick, read_reference, load_bundle):
        with pytest.raises(BadInputError):
            read(changed)


@pytest.mark.parametrize("content", [None, b"rubbish" * 100])
def test_of_a_model_that_was_handed_on_the_network_alone_answers(kept, content, tmp_path):
    handed, there = shutil.copytree(kept, tmp_path / "handed"), tmp_path / "there"
    if content is not None:
        (handed / QUICK).write_bytes(content)
        info = read_info(handed)
        write_info(handed, replace(info, files={**info.files, QUICK: checksum(handed / QUICK)}))
    export_zip(handed, tmp_path / "toy.zip")
    (tmp_path / "made").mkdir()
    info = import_zip(tmp_path / "toy.zip", there, tmp_path / "made")
    assert QUICK not in info.files
    assert info == load_bundle(there).info
    assert not (there / QUICK).exists()
    assert open_quick(there) is None
    assert read_reference(there).object_ids[:2] == ("G0", "G1")


def test_what_is_no_litert_file_is_refused_in_words(tmp_path):
    path = tmp_path / "rubbish.tflite"
    path.write_bytes(b"rubbish" * 100)
    with pytest.raises(BadInputError, match=r"'rubbish\.tflite' cannot be opened"):
        open_litert(path)


def test_one_in_a_hundred_of_its_own_kind_is_strange_and_others_are():
    known = reference()
    own = known.strangeness(cloud(5_000, 7))
    assert 0.002 < (own > 1).mean() < 0.04
    assert (known.strangeness(cloud(50, 8, centre=3.0)) > 1).all()
    flat = replace_last(cloud(50, 9), 0.0)
    lifted = replace_last(flat, 9.0)
    thin = reference(vectors=replace_last(cloud(300, 0), 0.0), aside=replace_last(cloud(400, 1), 0))
    assert (thin.strangeness(flat) < 1.5).all()
    assert (thin.strangeness(lifted) > 2).all()  # along an axis on which training has no spread


def replace_last(vectors, value):
    vectors = vectors.copy()
    vectors[:, -1] = value
    return vectors


def test_the_nearest_are_the_nearest():
    vectors = cloud(300, 0)
    known = reference()
    found = known.nearest(vectors[[5, 40]], 3)
    assert found.shape == (2, 3)
    assert found[:, 0].tolist() == [5, 40]


def test_another_rendering_is_noticed():
    known = reference()
    usual = np.random.default_rng(5).integers(0, 60, (40, 16, 16, 3)).astype(np.uint8)
    assert sum(map(bool, known.odd_looks(usual))) <= 6
    (bright,) = known.odd_looks(usual[:1] + np.uint8(150))
    assert {"sky", "brightness"} <= set(bright)


def test_it_is_read_as_it_was_written(kept):
    read, vectors = read_reference(kept), cloud(20, 3)
    np.testing.assert_allclose(
        read.strangeness(vectors), reference().strangeness(vectors), rtol=0.01
    )
    assert read.framing == pytest.approx(0.4)
    assert replace(read, framing=None).labels == reference().labels
