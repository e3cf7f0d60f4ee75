import json

import pytest

from astro_core import workspace
from astro_core.errors import BadInputError
from astro_core.workspace import Workspace, check_name, publish, read_json, size_bytes, write_json


def test_the_environment_names_the_workspace(monkeypatch, tmp_path):
    monkeypatch.setenv(workspace.ENVIRONMENT_VARIABLE, str(tmp_path / "mine"))
    found = workspace.current()
    assert found.root == tmp_path / "mine"
    assert found.datasets.is_dir()
    monkeypatch.delenv(workspace.ENVIRONMENT_VARIABLE)
    assert workspace.DEFAULT.parts[-2:] == ("data", "workspace")


@pytest.mark.parametrize("name", ["gz1", "My survey 2", "S-PLUS_DR3.v1"])
def test_good_names(name):
    assert check_name(f" {name} ") == name


@pytest.mark.parametrize(
    "name", ["", " ", "..", ".hidden", "a/b", "a\\b", "é", "x" * 81, "a.", "a\0"]
)
def test_bad_names_are_refused(name):
    with pytest.raises(BadInputError, match="cannot be named"):
        check_name(name)


def test_publish_replaces_a_folder_whole(tmp_path):
    space = Workspace(tmp_path).ensure()
    final = space.datasets / "one"
    for text in ("old", "new"):
        made = space.scratch_folder("one") / "made"
        made.mkdir()
        (made / text).write_text(text)
        publish(made, final)
    assert [p.name for p in final.iterdir()] == ["new"]
    leftovers = [p for p in space.scratch.rglob("*") if p.name in {"old", "new"}]
    assert leftovers == []


def test_json_is_replaced_not_truncated(tmp_path):
    path = tmp_path / "deep" / "a.json"
    write_json(path, {"n": 1})
    with pytest.raises(TypeError):
        write_json(path, {"n": object()})
    assert read_json(path) == {"n": 1}
    write_json(path, {"n": "é"})
    assert json.loads(path.read_text("utf-8")) == {"n": "é"}


def test_size_counts_every_file_once(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a").write_bytes(b"x" * 10)
    (tmp_path / "sub" / "b").write_bytes(b"x" * 32)
    assert size_bytes(tmp_path) == 42
    assert size_bytes(tmp_path / "a") == 10
    assert size_bytes(tmp_path / "nothing") == 0
