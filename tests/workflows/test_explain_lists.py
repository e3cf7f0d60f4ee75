"""Galaxies to look at first."""

import numpy as np
import pandas as pd

from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.domain import Head
from astro_core.runs.folder import RunFolder
from astro_core.workflows.explain_lists import WRONG, judged_lists

TREE = Head(name="votes", kind="votes", outputs=tuple("wxyz"), questions=((0, 1), (2, 3)))


def test_a_question_that_nobody_was_asked_hides_no_large_error(survey_space, survey):
    run = RunFolder.create(
        survey_space, kind="train", params={"dataset": survey.name}, title="Training"
    )
    info = BundleInfo(name="m", kind="keras", heads=(TREE,), render=survey.recipe)
    (run.path / "bundle").mkdir()
    write_info(run.path / "bundle", info)
    off = np.array([0.1, 0.2, 0.5, 0.3, 0.4])
    table = pd.DataFrame({"object_id": list("abcde"), "label": None, "part": "test"})
    for name, sign in zip("wxyz", (1, -1, 1, -1), strict=True):
        table[f"true_{name}"] = 0.5
        table[name] = 0.5 + sign * off
    table.loc[2, ["true_y", "true_z"]] = np.nan
    table.to_parquet(run.path / "predictions.parquet")
    run.start()
    run.end("done", result={})
    part, lists = judged_lists(survey_space, survey, run.run_id, TREE)
    assert part == "test"
    assert lists[WRONG].tolist() == list("cedba")
