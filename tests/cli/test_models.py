"""Models at the shell: train a forest, hand it on, take it in, ask it."""

import pandas as pd
import pytest


@pytest.fixture(scope="session")
def trained(shell, tmp_path_factory):
    from PIL import Image

    folder = tmp_path_factory.mktemp("bright-dark") / "sky"
    for number in range(60):
        kind = ("dark", "bright")[number % 2]
        path = folder / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (16, 16), (number + 5, number + 9, 40 + 150 * (number % 2))).save(path)
    assert shell("import", folder, "--name", "bright-dark").status == 0
    said = shell(
        "train", "bright-dark", "--recipe", "astrodetector-forest", "--set", "size_px=16",
        "--set", "n_estimators=8", "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    return said.json


def test_a_model_is_handed_on_and_asked(shell, trained, tmp_path):
    assert trained["state"] == "done"
    out = tmp_path / "m.zip"
    said = shell("models", "export", trained["run_id"], "--out", out)
    assert said.status == 0, said.err
    said = shell("models", "import", out, "--name", "brightness")
    assert "dark, bright" in said.out or "bright, dark" in said.out
    said = shell("models", "--json")
    assert [m["name"] for m in said.json][:2] == ["brightness", trained["run_id"]]
    assert sorted(said.json[0]["classes"]) == ["bright", "dark"]
    answers = tmp_path / "a.parquet"
    said = shell("predict", "brightness", "bright-dark", "--out", answers, "--json")
    assert said.status == 0, said.err
    assert said.json["n_objects"] == 60
    table = pd.read_parquet(answers)
    assert sorted(table.columns) == ["object_id", "p_bright", "p_dark"]
    assert table[["p_bright", "p_dark"]].sum(axis=1).between(0.999, 1.001).all()
    assert table["object_id"].is_unique
    assert "brightness" in shell("models").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["predict", "magic", "bright-dark", "--out", "a.parquet"], "no model 'magic'"),
        (["predict", "magic", "bright-dark", "--out", "a.csv"], "ends in .parquet"),
        (["models", "export", "magic", "--out", "m.zip"], "no model 'magic'"),
        (["models", "export", "magic", "--format", "onnx", "--out", "m.onnx"], "no model 'magic'"),
        (["models", "export", "magic", "--format", "onnx", "--out", "m.zip"], "ends in .onnx"),
        (["models", "export", "magic", "--format", "tea", "--out", "m.zip"], "no format 'tea'"),
        (["models", "import", "nothing.zip", "--name", "m"], "is no model"),
        (["models", "import", "nothing.zip", "--name", "../m"], "cannot be named"),
    ],
)
def test_what_cannot_be_done_is_told(shell, trained, words, said, tmp_path):
    found = shell(*words, cwd=tmp_path)
    assert found.status == 1
    assert said in found.err
    assert found.out == ""
    assert list(tmp_path.iterdir()) == []


def test_models_are_listed_without_loading_a_network(shell, trained):
    import subprocess
    import sys

    code = (
        "import sys; from astro_core.workspace import current; "
        "from astro_core.workflows.models import list_models; print(len(list_models(current()))); "
        "print(sorted({'keras', 'tensorflow', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=shell.environment, capture_output=True, text=True,
        check=True, timeout=100,
    )  # fmt: skip
    assert done.stdout.splitlines()[1] == "[]"


def test_the_shell_offers_every_format_and_a_forest_only_as_zip(shell, trained, tmp_path):
    from astro_core.classifiers.export_formats import EXPORTS
    from astro_core.cli.models import FORMATS, ZIP

    assert (ZIP, *(spec.name for spec in EXPORTS)) == FORMATS
    out = tmp_path / "m.tflite"
    said = shell("models", "export", trained["run_id"], "--format", "litert", "--out", out)
    assert said.status == 1
    assert "can only be exported as zip" in said.err
    assert not out.exists()
