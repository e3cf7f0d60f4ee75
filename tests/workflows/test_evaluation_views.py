"""What the Evaluate page reads of a run, against planted answers."""

import numpy as np
import pandas as pd
import pytest

from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.domain import Head, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows import evaluation_views as views
from astro_core.workspace import Workspace

PARTS = ("train", "validation", "calibration", "test")


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "workspace").ensure()


def plant(space, table, head=None, calibration=None):
    folder = space.runs / "r1"
    (folder / "bundle").mkdir(parents=True)
    table.to_parquet(folder / "predictions.parquet", index=False)
    if head is not None:
        info = BundleInfo(name="r1", kind="keras", heads=(head,), render=RenderRecipe(size_px=24),
                          calibration=calibration or {})  # fmt: skip
        write_info(folder / "bundle", info)


def classes(n=40):
    label = np.array([("a", "b", None)[i % 3] for i in range(n)], dtype=object)
    p = np.where(label == "a", 0.8, 0.1)
    table = pd.DataFrame({"object_id": [f"g{i}" for i in range(n)], "label": label})
    table["part"] = [PARTS[i % 4] for i in range(n)]
    return table.assign(p_a=p, p_b=1 - p)


def test_galaxies_of_a_part_with_a_label_are_judged(space):
    plant(space, classes())
    one, every = views.judged(space, "r1", "test"), views.judged(space, "r1", "all")
    assert one.classes == ("a", "b")
    assert set(one.object_ids) == {f"g{i}" for i in range(3, 40, 4) if i % 3 != 2}
    assert every.n == sum(i % 3 != 2 for i in range(40))
    np.testing.assert_array_equal(one.probabilities.argmax(axis=1), one.truth)


def test_answers_that_were_written_again_are_read_again(space):
    plant(space, classes())
    before, changed = views.judged(space, "r1", "all").n, views.changed_at(space, "r1")
    classes(20).to_parquet(space.runs / "r1" / "predictions.parquet", index=False)
    assert views.changed_at(space, "r1") != changed
    assert views.judged(space, "r1", "all").n < before


def test_sets_are_counted_and_checked():
    p = np.array([[0.9, 0.08, 0.02], [0.5, 0.4, 0.1], [0.35, 0.33, 0.32], [0.6, 0.3, 0.1]])
    found = views.Judged(
        classes=("a", "b", "c"), object_ids=np.arange(4), probabilities=p,
        truth=np.array([0, 1, 2, 2]),
    )  # fmt: skip
    sets = views.prediction_sets(found, 0.3)
    assert sets.sizes.tolist() == [0, 1, 2, 1]
    assert (sets.coverage, sets.mean_size) == (0.75, 2.0)
    assert sets.interval.low < 0.75 < sets.interval.high
    assert views.prediction_sets(found, 0.95).sizes.tolist() == [4, 0, 0, 0]


def test_a_run_without_a_model_has_no_calibration(space):
    plant(space, classes())
    assert views.found_calibration(space, "r1") == {}
    with pytest.raises(NotFoundError):
        views.judged_votes(space, "r1", "test")


def votes(n=40):
    rng = np.random.default_rng(0)
    truth = rng.random((n, 2))
    table = pd.DataFrame({"object_id": [f"g{i}" for i in range(n)], "label": None})
    table["part"] = [PARTS[i % 4] for i in range(n)]
    for place, name in enumerate(("smooth", "disc")):
        table[name], table[f"true_{name}"] = truth[:, place] + 0.1, truth[:, place]
    table.loc[3, "true_disc"] = np.nan
    return table


HEAD = Head(name="votes", kind="votes", outputs=("smooth", "disc"), questions=((0, 1),))


def test_votes_are_judged_against_the_mean_of_training(space):
    plant(space, votes(), HEAD)
    assert views.judged(space, "r1", "test") is None
    found = views.judged_votes(space, "r1", "test")
    assert "g3" not in found.object_ids
    assert found.report.n == 9
    assert found.report.rmse == pytest.approx(0.1)
    train = votes()[votes()["part"] == "train"]
    off = train["true_smooth"].mean() - found.truth[:, 0]
    told = found.report.by_answer.loc["smooth", "rmse_of_mean"]
    assert told == pytest.approx(np.sqrt((off**2).mean()))


def test_a_run_that_did_not_keep_the_votes_says_so(space):
    plant(space, votes().drop(columns="true_disc"), HEAD)
    with pytest.raises(BadInputError, match="did not keep what people voted"):
        views.judged_votes(space, "r1", "test")


def test_a_training_without_answers_is_not_offered(space, monkeypatch):
    plant(space, classes())

    class Run:
        def __init__(self, run_id, state):
            self.run_id, self.state = run_id, state

    every = (Run("r2", "done"), Run("r1", "done"), Run("r1", "failed"))
    monkeypatch.setattr(views, "trainings_of", lambda *_: every)
    assert [r.run_id for r in views.judged_trainings(space, None)] == ["r1"]
