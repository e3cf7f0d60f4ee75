"""Ranges are read as they are written; a study survives and repeats itself."""

import pytest

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.registry import MODELS, RECIPES
from astro_core.classifiers.tuning.params import TuningParams
from astro_core.classifiers.tuning.presets import PRESETS, first_preset
from astro_core.classifiers.tuning.space import as_settings, parse, settings_of, suggest
from astro_core.classifiers.tuning.study import Study
from astro_core.errors import BadInputError
from astro_core.workflows.training_plan import plan_training


def known(recipe="galaxy10-small-tuned"):
    spec = RECIPES.get(recipe)
    return settings_of(spec.training, spec.network, MODELS.get(spec.model).obeys)


def space(*texts):
    return tuple(parse(text, known()) for text in texts)


@pytest.mark.parametrize(
    "text",
    ["learning_rate=0.0001:0.01:log", "filters.1=8:64:8", "optimiser=adam|adamw", "dropout=0:0.5",
     "batch_size=16:128:log", "flip=False|True", "views=1|8"],
)  # fmt: skip
def test_a_range_is_read_as_it_is_written(text):
    (found,) = space(text)
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tea=1:2", "no setting named 'tea'"),
        ("seed=1:2", "no setting named 'seed'"),
        ("filters.3=8:16", "no setting named 'filters.3'"),
        ("dropout=0.5:0.1", "is empty"),
        ("dropout=0:2", "out of bounds"),
        ("dropout=a:b", "cannot be read"),
        ("dropout=0:nan", "cannot be read"),
        ("dropout=0:0.5:log", "begins above 0"),
        ("dropout=0.1:0.5:2", "has no steps"),
        ("filters.1=8.5:64", "whole numbers"),
        ("filters.1=8:64:0", "cannot be read"),
        ("optimiser=adam|tea", "no such choice"),
    ],
)
def test_what_is_no_range_is_said(text, words):
    with pytest.raises(BadInputError, match=words):
        space(text)


@pytest.mark.parametrize("recipe", RECIPES.names())
def test_every_recipe_has_ranges_within_the_declared_bounds(recipe):
    its = known(recipe)
    for setting in its.values():
        assert parse(suggest(setting).text, its).text == suggest(setting).text
    ensemble = MODELS.get(RECIPES.get(recipe).model).kind == "ensemble"
    assert ensemble or any(preset.dimensions(its) for preset in PRESETS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("learning_rate", "learning_rate=0.000125:0.008:log"),
        ("weight_decay", "weight_decay=1e-06:0.1:log"),
        ("dropout", "dropout=0:0.95"),
        ("rotation_deg", "rotation_deg=0:180"),
        ("filters.2", "filters.2=4:256:log"),
        ("flip", "flip=False|True"),
    ],
)
def test_a_suggested_range_is_sensible(name, expected):
    assert suggest(known()[name]).text == expected


def test_the_six_of_the_small_network_are_a_preset():
    found = PRESETS.get("layers").dimensions(known())
    assert sorted(d.name for d in found) == [
        "dense.1", "dropout", "filters.1", "filters.2", "kernels.1", "kernels.2",
    ]  # fmt: skip
    assert first_preset(known(), "galaxy10-small-tuned") == "layers"
    assert PRESETS.get("layers").dimensions(known("fork")) == ()


def test_numbers_of_a_list_change_one_by_one():
    plan = plan_training("galaxy10-small-tuned", {})
    tried = {"filters.2": 64, "learning_rate": 0.01}
    settings = as_settings(tried, plan.training, plan.network)
    assert settings == {"filters": [16, 64], "learning_rate": 0.01}
    assert plan_training("galaxy10-small-tuned", settings).network.filters == (16, 64)


def test_the_nearest_value_lies_on_the_grid():
    filters, rate = space("filters.1=8:60:8", "learning_rate=0.001:0.01:log")
    assert [filters.nearest(n) for n in (1, 19, 21, 100)] == [8, 16, 24, 56]
    assert rate.nearest(1.0) == 0.01


def good(values):
    """Highest for a dropout of 0.3 and many filters."""
    return 1 - abs(values["dropout"] - 0.3) + values["filters.1"] / 100


def search(folder, until=None, **more):
    params = TuningParams(trials=12, random_trials=5, **more)
    study = Study(folder, space("dropout=0:0.9", "filters.1=8:64:8"), params, epochs=3)
    while (asked := study.ask()) is not None:
        value = good(asked.values)
        if study.report([value - 0.1, value - 0.05, value]):
            study.stopped()
        elif asked.number == until:
            return None  # as if it had been killed
        else:
            study.note(score=value)
            study.done(value, 0.0)
    return study


def settings(study):
    return [trial["settings"] for trial in study.trials()]


def test_an_interrupted_search_tries_what_it_would_have_tried(tmp_path):
    for name in ("whole", "cut"):
        (tmp_path / name).mkdir()
    whole = search(tmp_path / "whole")
    for number in (3, 7):
        search(tmp_path / "cut", until=number)
    cut = search(tmp_path / "cut")
    assert settings(cut) == settings(whole)
    assert [t["state"] for t in cut.trials()] == [t["state"] for t in whole.trials()]
    assert len(cut.trials()) == 12
    assert len({str(s) for s in settings(cut)}) > 10


def test_another_seed_tries_other_settings(tmp_path):
    for seed in (1, 2):
        (tmp_path / str(seed)).mkdir()
    assert settings(search(tmp_path / "1", seed=1)) != settings(search(tmp_path / "2", seed=2))


def test_trials_below_the_median_are_ended_and_importance_says_what_counts(tmp_path):
    study = Study(tmp_path, space("dropout=0:0.9", "flip=False|True"),
                  TuningParams(trials=14, warmup=2), epochs=3)  # fmt: skip
    while (asked := study.ask()) is not None:
        value = 1 - asked.values["dropout"]
        stopped = any(study.report([value] * epoch) for epoch in range(1, 4))
        study.note(score=value)
        study.stopped() if stopped else study.done(value, 0.0)
    states = [t["state"] for t in study.trials()]
    assert states.count("stopped early") > 1
    ended = [t["score"] for t in study.trials() if t["state"] == "done"]
    cut = [t["score"] for t in study.trials() if t["state"] == "stopped early"]
    assert max(cut) < max(ended)
    shares = study.importance()
    assert shares["dropout"] > 0.9
    assert sum(shares.values()) == pytest.approx(1)


def test_a_failed_trial_is_kept_with_its_reason_and_the_search_goes_on(tmp_path):
    study = Study(tmp_path, space("dropout=0:0.9"), TuningParams(trials=2), epochs=1,
                  first={"dropout": 0.25})  # fmt: skip
    assert study.ask().values == {"dropout": 0.25}
    study.failed("Images are too small.")
    study.ask()
    study.done(0.5, 0.0)
    assert study.ask() is None
    first, second = study.trials()
    assert (first["state"], first["reason"]) == ("failed", "Images are too small.")
    assert second["state"] == "done"
    assert study.importance() == {}


def test_a_front_has_two_aims_and_ends_no_trial(tmp_path):
    params = TuningParams(trials=3, cost="parameters", trade="front")
    study = Study(tmp_path, space("dropout=0:0.9"), params, epochs=3)
    while (asked := study.ask()) is not None:
        assert not study.report([0.0] * 3)
        study.done(asked.values["dropout"], 10.0 * asked.number)
    assert len(study.trials()) == 3


def test_a_penalty_takes_from_the_score_what_each_doubling_costs():
    params = TuningParams(cost="parameters", trade="penalty", penalty=0.02)
    assert params.value(0.9, 2000) == pytest.approx(0.88)
    assert params.value(0.9, 4000) == pytest.approx(0.86)
    assert TuningParams(objective="rmse").value(0.1, 0) == -0.1
