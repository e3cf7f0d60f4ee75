"""Weights made by somebody who means harm are refused in words, and nothing of them runs."""

import io
import json
import os
import pickle
import zipfile

import pytest

from astro_core.classifiers.bundle import BundleInfo, load_bundle, read_info
from astro_core.classifiers.bundle_info import checksum, write_info
from astro_core.classifiers.networks.fork import ForkParams, build_fork
from astro_core.errors import BadInputError

both = pytest.mark.parametrize("bundle", ["keras", "forest"], indirect=True)
of_network = pytest.mark.parametrize("bundle", ["keras"], indirect=True)
of_forest = pytest.mark.parametrize("bundle", ["forest"], indirect=True)


def weights_of(folder):
    return folder / read_info(folder).weights


def swap_weights(folder, content):
    """Other weights with the right checksum: what somebody who means harm would hand over."""
    found = read_info(folder)
    (folder / found.weights).write_bytes(content)
    files = dict(found.files) | {found.weights: checksum(folder / found.weights)}
    write_info(folder, BundleInfo(**{**vars(found), "files": files}))


class Payload:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def rewritten(path, change):
    """A zip file with one member changed by a function of its content."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def with_layer(layer):
    def change(name, content):
        if name != "config.json":
            return content
        config = json.loads(content)
        layers = config["config"]["layers"]
        layers[1] = layers[1] | layer
        return json.dumps(config)

    return change


@of_network
def test_python_code_in_a_network_is_not_run(bundle, tmp_path):
    import base64
    import marshal

    mark = tmp_path / "executed"
    code = compile(f"__import__('os').mkdir({str(mark)!r})", "payload", "exec")
    function = {
        "class_name": "__lambda__",
        "config": {
            "code": base64.b64encode(marshal.dumps(code)).decode(),
            "defaults": None,
            "closure": None,
        },
    }
    layer = {"module": "keras.layers", "class_name": "Lambda", "config": {"function": function}}
    swap_weights(bundle, rewritten(weights_of(bundle), with_layer(layer)))
    with pytest.raises(BadInputError, match=r"cannot be loaded safely.*Lambda"):
        load_bundle(bundle)
    assert not mark.exists()


@of_network
@pytest.mark.parametrize(
    "layer",
    [
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/tmp"}},
        {"module": "builtins", "class_name": "function", "config": "exec"},
        {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
        {"module": "keras.layers", "class_name": "Dense", "registered_name": "mine>Dense"},
        {"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": "/x"}},
    ],
)
def test_anything_but_plain_layers_is_refused(bundle, layer):
    swap_weights(bundle, rewritten(weights_of(bundle), with_layer(layer)))
    with pytest.raises(BadInputError, match="something of type"):
        load_bundle(bundle)


@of_network
def test_a_network_that_answers_something_else_is_refused(bundle, network, tmp_path, toy):
    other = build_fork((toy.size, toy.size, 3), (toy.label,), ForkParams(width=4, stages=1))
    other.save(tmp_path / "other.keras")
    swap_weights(bundle, (tmp_path / "other.keras").read_bytes())
    with pytest.raises(BadInputError, match="a network with the answers label"):
        load_bundle(bundle)


@both
@pytest.mark.parametrize("content", [b"", b"not a zip file", b"PK\x05\x06" + bytes(18)])
def test_weights_that_are_none_are_refused(bundle, content):
    swap_weights(bundle, content)
    with pytest.raises(BadInputError, match="cannot be loaded safely"):
        load_bundle(bundle)


@both
def test_a_pickle_by_the_name_of_weights_is_not_run(bundle, tmp_path):
    mark = tmp_path / "executed"
    swap_weights(bundle, pickle.dumps(Payload(mark)))
    with pytest.raises(BadInputError, match="a file of another format"):
        load_bundle(bundle)
    assert not mark.exists()
    pickle.loads(weights_of(bundle).read_bytes())
    assert mark.exists()  # it would have done harm


@of_forest
def test_a_forest_with_a_foreign_type_is_not_built(bundle, tmp_path):
    mark = tmp_path / "executed"

    def change(name, content):
        if name != "schema.json":
            return content
        schema = json.loads(content)
        attributes = schema["content"]["content"]
        words = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode"}
        arguments = {
            "__class__": "tuple",
            "__module__": "builtins",
            "__loader__": "TupleNode",
            "content": [words | {"content": json.dumps(f"mkdir {mark}"), "is_json": True}],
        }
        attributes["random_state"] = {
            "__class__": "system",
            "__module__": "os",
            "__loader__": "FunctionNode",
            "content": arguments,
        }
        return json.dumps(schema)

    swap_weights(bundle, rewritten(weights_of(bundle), change))
    with pytest.raises(BadInputError, match=r"something of type os\.system"):
        load_bundle(bundle)
    assert not mark.exists()


@of_forest
@pytest.mark.parametrize("thing", ["tree", "dictionary"])
def test_a_safe_thing_that_is_no_forest_is_refused(bundle, tmp_path, thing, forest):
    from skops import io as skops

    things = {"tree": forest.grown.estimators_[0], "dictionary": {"a": [1, "b"]}}
    skops.dump(things[thing], tmp_path / "thing.skops")
    swap_weights(bundle, (tmp_path / "thing.skops").read_bytes())
    with pytest.raises(BadInputError, match="no forest"):
        load_bundle(bundle)
