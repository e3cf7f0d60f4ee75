import pytest


@pytest.fixture
def voted(shell, imported, tmp_path, monkeypatch):
    """Three people's labels of the sample, and the ids they are about; the store is the test's."""
    own = f"sqlite:///{tmp_path}/labels.sqlite"
    monkeypatch.setitem(shell.environment, "TUNINGFORK_DATABASE", own)
    assert imported.status == 0
    shell("export", "sky", "--format", "csv", "--out", tmp_path / "sky.csv")
    lines = (tmp_path / "sky.csv").read_text().splitlines()[1:]
    ids = [line.split(",")[0].strip('"') for line in lines][:6]
    says = {"ana": "spiral", "bob": "spiral", "eve": "merger"}
    rows = [f"{i},{label},{who}" for i in ids for who, label in says.items()]
    file = tmp_path / "labels.csv"
    file.write_text("\n".join(["object_id,label,reviewer", *rows]) + "\n")
    return file, ids


def test_labels_come_in_go_out_and_come_back(shell, voted, tmp_path):
    file, _ids = voted
    first = shell("labels", "import", file, "--dataset", "sky", "--json")
    assert first.status == 0
    assert first.json["n_events"] == 18
    again = shell("labels", "import", file, "--dataset", "sky", "--json")
    assert again.json == {"n_events": 18, "n_new": 0, "n_already_there": 18}
    out = tmp_path / "labels.vot"
    assert "18 events" in shell("labels", "export", "--dataset", "sky", "--out", out).out
    assert shell("labels", "import", out, "--dataset", "sky", "--json").json["n_new"] == 0
    assert "18 events" in shell("labels", "backup", tmp_path / "b.sqlite").out
    assert shell("labels", "restore", tmp_path / "b.sqlite").out.startswith("0 of 18 events")


def test_what_is_wrong_is_told_in_one_line(shell, voted, tmp_path):
    file, ids = voted
    file.write_text(f"object_id,label,reviewer\n{ids[0]},cigar,ana\n")
    wrong = shell("labels", "import", file, "--dataset", "sky")
    assert wrong.status == 1
    assert "'cigar' (1 rows)" in wrong.err
    assert shell("labels", "restore", tmp_path / "gone").status == 1
    assert (
        "There is no dataset named 'nope'"
        in shell("labels", "export", "--dataset", "nope", "--out", tmp_path / "x.csv").err
    )


def test_consensus_and_agreement_are_told(shell, voted, tmp_path):
    file, ids = voted
    shell("labels", "import", file, "--dataset", "sky")
    out = tmp_path / "truth.csv"
    found = shell("labels", "consensus", "--dataset", "sky", "--out", out, "--json").json
    assert (found["n_objects"], found["n_agreed"], found["n_conflict"]) == (6, 6, 0)
    assert found["classes"] == {"spiral": 6}
    assert {row["object_id"] for row in found["objects"]} == set(ids)
    assert len(out.read_text().splitlines()) == 7
    agreed = shell("labels", "agreement", "--dataset", "sky", "--json").json
    assert agreed["n_shared"] == 6
    assert [pair["kappa"] for pair in agreed["cohen"]] == [None, 0, 0]
    assert "3 reviewers gave 18 labels to 6 of the 12 galaxies of sky" in agreed["methods"]
    assert shell("labels", "agreement", "--dataset", "sky").status == 0
    assert shell("labels", "consensus", "--dataset", "sky", "--rule", "loudest").status == 1
