"""A model as one file: it comes back as it was, or not at all."""

import json
import shutil
import stat
import warnings
import zipfile

import pytest

from astro_core.classifiers import bundle_zip
from astro_core.classifiers.bundle import load_bundle, read_info
from astro_core.classifiers.bundle_info import BundleInfo, checksum, write_info
from astro_core.classifiers.bundle_zip import export_zip, import_zip
from astro_core.errors import BadInputError, ConflictError, NotFoundError

both = pytest.mark.parametrize("bundle", ["keras", "forest"], indirect=True)
of_forest = pytest.mark.parametrize("bundle", ["forest"], indirect=True)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "models" / "mine"


def take_in(path, target):
    made = target.parents[1] / "scratch"
    made.mkdir()
    try:
        return import_zip(path, target, made)
    finally:
        assert not made.exists()


def members(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def written(path, content):
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in content:
            archive.writestr(name, value)
    return path


@both
def test_a_model_comes_back_as_it_was(bundle, target, tmp_path, toy):
    export_zip(bundle, tmp_path / "out" / "model.zip")
    info = take_in(tmp_path / "out" / "model.zip", target)
    assert info == read_info(bundle)
    assert members(target) == members(bundle)
    assert stat.S_IMODE(target.stat().st_mode) & 0o055
    one, other = (load_bundle(f).predict(toy.images()) for f in (bundle, target))
    assert (one["label"] == other["label"]).all()
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["model.zip"]
    assert [p.name for p in target.parent.iterdir()] == ["mine"]


def refused(path, target, words, error=BadInputError):
    with pytest.raises(error, match=words):
        take_in(path, target)
    assert not target.parent.exists() or not list(target.parent.iterdir())


@of_forest
@pytest.mark.parametrize(
    "name", ["../evil", "/tmp/evil", "a/bundle.json", "..\\evil", "evil.py", "BUNDLE.JSON", ""]
)
def test_a_file_that_does_not_belong_is_refused(bundle, target, tmp_path, name):
    path = written(tmp_path / "m.zip", [*members(bundle).items(), (name or ".", b"x")])
    refused(path, target, "holds more than one")
    assert not (tmp_path / "evil").exists()


@of_forest
def test_two_files_of_one_name_are_refused(bundle, target, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        path = written(tmp_path / "m.zip", [*members(bundle).items(), ("forest.skops", b"another")])
    refused(path, target, "holds more than one")


@of_forest
def test_a_changed_byte_is_noticed_before_anything_is_there(bundle, target, tmp_path):
    content = members(bundle)
    weights = bytearray(content["forest.skops"])
    weights[len(weights) // 2] ^= 1
    path = written(tmp_path / "m.zip", [*(content | {"forest.skops": bytes(weights)}).items()])
    refused(path, target, "is not what was saved")


@of_forest
def test_the_description_alone_is_no_model(bundle, target, tmp_path):
    path = written(tmp_path / "m.zip", [("bundle.json", members(bundle)["bundle.json"])])
    refused(path, target, "lacks")


@both
def test_harmful_weights_are_refused_without_loading_them(bundle, target, tmp_path):
    info = read_info(bundle)
    parts = {
        "keras": ("config.json", "metadata.json", "model.weights.h5"),
        "forest": ("schema.json",),
    }
    harm = json.dumps({"class_name": "system", "module": "os", "__class__": "system"})
    written(bundle / info.weights, [(name, harm) for name in parts[info.kind]])
    files = dict(info.files) | {info.weights: checksum(bundle / info.weights)}
    write_info(bundle, BundleInfo(**{**vars(info), "files": files}))
    export_zip(bundle, tmp_path / "m.zip")
    refused(tmp_path / "m.zip", target, "cannot be loaded safely")


@of_forest
def test_a_file_that_unpacks_without_end_is_refused(bundle, target, tmp_path, monkeypatch):
    monkeypatch.setitem(bundle_zip._MOST_BYTES, "forest.skops", 5_000_000)
    content = members(bundle) | {"forest.skops": bytes(30_000_000)}
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in content.items():
            archive.writestr(name, value)
    refused(tmp_path / "m.zip", target, "is too large")


@pytest.mark.parametrize("content", [None, b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused(target, tmp_path, content):
    path = tmp_path / "m.zip"
    if content is not None:
        path.write_bytes(content)
    refused(path, target, "is no model")


@of_forest
def test_a_damaged_zip_is_refused(bundle, target, tmp_path):
    export_zip(bundle, tmp_path / "m.zip")
    content = bytearray((tmp_path / "m.zip").read_bytes())
    content[len(content) // 3] ^= 255
    (tmp_path / "m.zip").write_bytes(content)
    refused(tmp_path / "m.zip", target, "damaged|not what was saved|broken")


@of_forest
def test_a_name_that_is_taken_stays_as_it_is(bundle, target, tmp_path):
    export_zip(bundle, tmp_path / "m.zip")
    target.mkdir(parents=True)
    (target / "mine.txt").write_text("kept")
    with pytest.raises(ConflictError, match="'mine' already"):
        take_in(tmp_path / "m.zip", target)
    assert [p.name for p in target.iterdir()] == ["mine.txt"]


@of_forest
def test_what_cannot_be_exported_leaves_no_file(bundle, tmp_path):
    (bundle / "card.md").write_text("changed")
    with pytest.raises(BadInputError, match="not what was saved"):
        export_zip(bundle, tmp_path / "out" / "m.zip")
    shutil.rmtree(bundle)
    with pytest.raises(NotFoundError, match="no model"):
        export_zip(bundle, tmp_path / "out" / "m.zip")
    assert not (tmp_path / "out").exists()
