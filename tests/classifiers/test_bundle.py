"""What is saved comes back, and whatever was changed since is noticed."""

import json

import numpy as np
import pytest

from astro_core.classifiers.bundle import load_bundle, read_info, save_bundle
from astro_core.errors import BadInputError, NotFoundError

both = pytest.mark.parametrize("bundle", ["keras", "forest"], indirect=True)
of_network = pytest.mark.parametrize("bundle", ["keras"], indirect=True)
of_forest = pytest.mark.parametrize("bundle", ["forest"], indirect=True)


def weights_of(folder):
    return folder / read_info(folder).weights


@both
def test_what_is_saved_gives_the_same_answers(bundle, network, forest, toy):
    back = load_bundle(bundle)
    model = network if back.info.kind == "keras" else forest
    answers, expected = (b.predict(toy.images()) for b in (back, type(back)(back.info, model)))
    assert set(answers) == {head.name for head in back.info.heads}
    for name in answers:
        np.testing.assert_allclose(answers[name], expected[name], atol=1e-6)
    np.testing.assert_allclose(answers["label"].sum(axis=1), 1, atol=1e-5)
    assert back.info == read_info(bundle)
    assert back.info.calibration["label"]["temperature"] == 1.5
    assert "accuracy 0.3333" in (bundle / "card.md").read_text()


@of_network
def test_a_network_gives_vectors(bundle, toy):
    assert load_bundle(bundle).embed(toy.images()).shape == (6, 16)


@of_forest
def test_a_forest_gives_no_vectors(bundle, toy):
    with pytest.raises(BadInputError, match="gives no vectors"):
        load_bundle(bundle).embed(toy.images())


@of_network
def test_an_optimiser_is_not_saved(network, tmp_path, bundle, toy):
    network.compile(optimizer="adam", loss="mse")
    save_bundle(tmp_path / "compiled", network, toy.info("keras", heads=(toy.label, toy.votes)))
    one, other = weights_of(bundle).stat().st_size, weights_of(tmp_path / "compiled").stat().st_size
    assert abs(one - other) < 100
    load_bundle(tmp_path / "compiled")


@both
@pytest.mark.parametrize("size", [(15, 15, 3), (16, 16, 1)])
def test_images_of_another_shape_are_refused(bundle, size):
    with pytest.raises(BadInputError, match="16 x 16 px in three colours"):
        load_bundle(bundle).predict(np.zeros((2, *size), dtype=np.uint8))


@both
def test_a_changed_byte_in_the_weights_is_noticed(bundle):
    content = bytearray(weights_of(bundle).read_bytes())
    content[len(content) // 2] ^= 1
    weights_of(bundle).write_bytes(content)
    with pytest.raises(BadInputError, match="is not what was saved"):
        load_bundle(bundle)


@of_forest
def test_every_changed_byte_of_the_description_is_noticed(bundle):
    path = bundle / "bundle.json"
    content = path.read_bytes()
    missed = []
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        try:
            read_info(bundle)
        except BadInputError:
            continue
        missed.append(place)
    assert not missed


@both
@pytest.mark.parametrize("name", ["weights", "card.md"])
def test_a_missing_file_is_named(bundle, name):
    path = weights_of(bundle) if name == "weights" else bundle / name
    path.unlink()
    with pytest.raises(BadInputError, match=f"lacks '{path.name}'"):
        load_bundle(bundle)


def test_a_folder_without_a_model_is_said_to_be_none(tmp_path):
    with pytest.raises(NotFoundError, match="no model"):
        load_bundle(tmp_path)


@of_forest
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "format that this version cannot read"),
        ({"format": None}, "format that this version cannot read"),
        ({"kind": "pickle"}, "is broken"),
        ({"heads": []}, "is broken"),
        ({"views": 3}, "is broken"),
        ({"side_arcsec": -3}, "images -3 arcsec across"),
        ({"side_arcsec": "wide"}, "is broken"),
        ({"metrics": "good"}, "is broken"),
        ({"more": 1}, "is broken"),
        ({"calibration": {"temperature": 0}}, "a temperature of 0"),
        ({"render": {"size_px": -1}}, "size"),
    ],
)
def test_a_description_of_another_kind_is_refused(bundle, change, words):
    path = bundle / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadInputError, match=words):
        load_bundle(bundle)


@of_forest
@pytest.mark.parametrize("content", ["", "[]", "{", "null", "[" * 100_000])
def test_a_description_that_is_none_is_refused(bundle, content):
    (bundle / "bundle.json").write_text(content)
    with pytest.raises(BadInputError, match="broken"):
        load_bundle(bundle)


@both
def test_saving_again_replaces_the_model(bundle, network, tmp_path, toy):
    before = read_info(bundle)
    save_bundle(bundle, network, toy.info("keras", heads=(toy.label, toy.votes), dataset="other"))
    assert read_info(bundle).dataset == "other" != before.dataset
    names = {path.name for path in bundle.iterdir()}
    assert names == {"bundle.json", "card.md", "model.keras"}
    assert not list(tmp_path.glob("*half*"))
