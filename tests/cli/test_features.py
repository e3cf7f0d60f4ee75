"""tuning-fork features: what it prints, and what it says when it cannot."""


def test_features_are_computed_once(shell, imported):
    said = shell("features", "sky", "--components", 3, "--set", "batch=10", "--json")
    assert said.status == 0, said.err
    found = said.json
    assert (found["n"], found["n_features"], found["n_bad"]) == (12, 3, 0)
    assert 0 < found["explained_variance"] < 1
    assert "Note: Most images are no larger than 24 px" in said.err
    again = shell("features", "SKY", "--components", 3, "--set", "batch=10")
    assert again.status == 0
    first, second = again.out.splitlines()
    assert first == f"12 galaxies x 3 features; {found['key']}"
    assert second == found["summary"]


def test_a_sample_is_drawn(shell, imported):
    found = shell("features", "sky", "--components", 3, "--sample", 6, "--json").json
    assert found["n"] == 6


def test_what_cannot_be_done_is_said(shell, imported):
    few = shell("features", "sky")
    assert few.status == 1
    assert "75 components cannot be learned from so few galaxies" in few.err
    assert "Ask for 12 components or fewer" in few.err
    absent = shell("features", "sky", "--extractor", "embedding", "--set", "model=magic")
    assert absent.status == 1
    assert "no model 'magic'" in absent.err
    unknown = shell("features", "sky", "--extractor", "magic")
    assert "Expected one of pca, " in unknown.err
    wrong = shell("features", "sky", "--extractor", "embedding", "--components", 3)
    assert "has no components" in wrong.err
    setting = shell("features", "sky", "--set", "colour=red")
    assert "no setting named 'colour'" in setting.err
    for said in (few, absent, unknown, wrong, setting):
        assert said.out == ""
