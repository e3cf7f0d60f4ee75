"""An ensemble as a bundle of bundles: saved, handed on, and refused when anything is wrong."""

import json
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from astro_core.classifiers.bundle import Bundle, check_bundle, load_bundle, read_info, save_bundle
from astro_core.classifiers.bundle_info import checksum, write_info
from astro_core.classifiers.bundle_zip import export_zip, import_zip
from astro_core.classifiers.ensemble import Ensemble, Member
from astro_core.classifiers.networks.fork import ForkParams, build_fork
from astro_core.errors import BadInputError


@pytest.fixture(scope="module")
def ensemble(forest, toy):
    network = build_fork((toy.size, toy.size, 3), (toy.label,), ForkParams(width=4, stages=1))
    common = {"grey": False, "training": {"recipe": "toy"}}
    members = (
        Member(
            model=network, kind="keras", embedding="embedding", weights_from="imagenet", **common
        ),
        Member(model=forest, kind="forest", embedding="", weights_from="scratch", **common),
    )
    return Ensemble(members, (0.25, 0.75), toy.label, {"part": "validation", "n": 9})


@pytest.fixture(scope="module")
def kept(ensemble, toy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept") / "model"
    info = replace(
        toy.info("ensemble", weights_from=ensemble.weights_from),
        training={"recipe": "galaxy10-ensemble", "members": ensemble.told()},
    )
    save_bundle(folder, ensemble, info)
    return folder


@pytest.fixture
def bundle(kept, tmp_path):
    shutil.copytree(kept, tmp_path / "model")
    return tmp_path / "model"


def refreshed(folder, **changes):
    """The description again with right checksums: what somebody who means harm would hand over."""
    info = read_info(folder)
    files = {
        str(path.relative_to(folder)): checksum(path)
        for path in folder.rglob("*")
        if path.is_file() and path != folder / "bundle.json"
    }
    write_info(folder, replace(info, **({"files": files} | changes)))


def test_what_is_saved_gives_the_same_answers(bundle, ensemble, toy):
    back = load_bundle(bundle)
    expected = Bundle(back.info, ensemble).predict(toy.images())["label"]
    np.testing.assert_allclose(back.predict(toy.images())["label"], expected, atol=1e-6)
    assert back.model.shares == (0.25, 0.75)
    assert [m.weights_from for m in back.model.members] == ["imagenet", "scratch"]
    assert back.model.weights_from == back.info.weights_from == "imagenet and scratch"
    assert back.model.told() == ensemble.told()
    assert check_bundle(bundle) == back.info


def test_members_are_bundles_themselves(bundle, toy):
    alone = load_bundle(bundle / "member-0")
    assert alone.info.kind == "keras"
    assert alone.predict(toy.images())["label"].shape == (6, 3)
    assert alone.info.calibration == {}
    assert "Member `toy` counts 0.75" in (bundle / "card.md").read_text()


def test_it_is_handed_on_as_one_file(bundle, tmp_path, toy):
    export_zip(bundle, tmp_path / "out.zip")
    (tmp_path / "made").mkdir()
    import_zip(tmp_path / "out.zip", tmp_path / "in" / "model", tmp_path / "made")
    one, other = (
        load_bundle(f).predict(toy.images())["label"] for f in (bundle, tmp_path / "in" / "model")
    )
    np.testing.assert_array_equal(one, other)


def test_it_gives_no_vectors(bundle, toy):
    with pytest.raises(BadInputError, match="gives no vectors"):
        load_bundle(bundle).embed(toy.images())


@pytest.mark.parametrize(
    "name",
    ["ensemble.json", "member-0/model.keras", "member-1/forest.skops", "member-0/bundle.json"],
)
def test_a_changed_byte_anywhere_is_noticed(bundle, name):
    content = bytearray((bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(content)
    with pytest.raises(BadInputError, match=f"'{name}' of the model 'toy' is not what was saved"):
        load_bundle(bundle)


def test_a_missing_member_is_named(bundle):
    shutil.rmtree(bundle / "member-1")
    with pytest.raises(BadInputError, match="lacks 'member-1/"):
        load_bundle(bundle)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([0.5, 0.6], "do not add up to one"),
        ([-0.5, 1.5], "do not add up to one"),
        ([float("nan"), 0.5], "do not add up to one"),
        ([1.0], "files of 2 members and shares of 1"),
        ([0.5, 0.25, 0.25], "no member 'member-2'"),
        ([], "shares that are none"),
        ([True, 0.0], "shares that are none"),
        ("ab", "shares that are none"),
        (None, "shares that cannot be read"),
        ([[0.5], 0.5], "shares that are none"),
        ([1 / 30] * 30, "shares that are none"),
    ],
)
def test_shares_that_make_no_sense_are_refused(bundle, shares, words):
    (bundle / "ensemble.json").write_text(json.dumps({"shares": shares, "found": {}}))
    refreshed(bundle)
    for look in (load_bundle, check_bundle):
        with pytest.raises(BadInputError, match=words):
            look(bundle)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "[" * 100_000, '{"shares": [1.0]}'])
def test_a_broken_list_of_shares_is_refused(bundle, content):
    (bundle / "ensemble.json").write_text(content)
    refreshed(bundle)
    with pytest.raises(BadInputError, match="shares that cannot be read"):
        check_bundle(bundle)


def test_a_member_that_answers_something_else_is_refused(bundle, toy):
    inner = bundle / "member-0"
    write_info(inner, replace(read_info(inner), heads=(toy.votes,)))
    refreshed(bundle)
    with pytest.raises(BadInputError, match="answers something else"):
        check_bundle(bundle)


def test_an_ensemble_within_an_ensemble_is_refused(bundle):
    inner = bundle / "member-0"
    write_info(inner, replace(read_info(inner), kind="ensemble", embedding=""))
    refreshed(bundle)
    with pytest.raises(BadInputError, match="an ensemble within an ensemble"):
        check_bundle(bundle)


def test_code_in_a_members_network_is_refused(bundle):
    inner = bundle / "member-0"
    path = inner / "model.keras"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    config["config"]["layers"][1] |= {"class_name": "Lambda", "config": {}}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {"config.json": json.dumps(config)}).items():
            archive.writestr(name, content)
    files = dict(read_info(inner).files) | {"model.keras": checksum(path)}
    write_info(inner, replace(read_info(inner), files=files))
    refreshed(bundle)
    for look in (load_bundle, check_bundle):
        with pytest.raises(BadInputError, match=r"something of type keras\.layers\.Lambda"):
            look(bundle)


@pytest.mark.parametrize(
    "name",
    [
        "member-0/evil.py", "member-0/ensemble.json", "member-100/card.md", "member-00/card.md",
        "member-0/../card.md", "member-0//card.md", "../member-0/card.md", "member-0/sub/card.md",
    ],
)  # fmt: skip
def test_other_files_are_not_unpacked(bundle, name, tmp_path):
    export_zip(bundle, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip", "a") as archive:
        archive.writestr(name, "x")
    (tmp_path / "made").mkdir()
    with pytest.raises(BadInputError, match="is no model, or holds more than one"):
        import_zip(tmp_path / "out.zip", tmp_path / "in" / "model", tmp_path / "made")
    assert not (tmp_path / "in").exists()


def test_a_listed_file_of_another_name_is_refused(bundle):
    files = dict(read_info(bundle).files) | {"member-0/evil.py": "0" * 64}
    write_info(bundle, replace(read_info(bundle), files=files))
    with pytest.raises(BadInputError, match=r"lacks 'member-0/evil\.py'"):
        check_bundle(bundle)
