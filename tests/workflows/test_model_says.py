"""A consensus that asks a model: whose answers it takes, and what it says where there are none."""

import numpy as np
import pandas as pd
import pytest

from astro_core.domain import LabelEvent
from astro_core.errors import BadInputError, NotFoundError
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows import model_says
from astro_core.workflows.gold import known_classes
from astro_core.workflows.labels import find_truth, votes_for
from astro_core.workflows.queue_needs import Source


@pytest.fixture
def ids(survey_space, survey):
    """Two people answered these; they contradict each other on every second one."""
    ids = list(known_classes(survey_space, survey, survey.taxonomy).index[:20])
    one, other, *_ = survey.taxonomy.class_names
    open_store(survey_space).append(
        LabelEvent(
            dataset=dataset_key(survey), object_id=object_id, reviewer=who,
            class_name=other if who == "bo" and n % 2 else one, taxonomy=survey.taxonomy.name,
        )
        for n, object_id in enumerate(ids)
        for who in ("ada", "bo")
    )  # fmt: skip
    return ids


@pytest.fixture
def model(monkeypatch, survey):
    """A model that is sure of one class; set `model["answers"]` to "" and it was not asked."""
    asked = {"answers": "run", "wanted": []}
    one, other, *_ = survey.taxonomy.class_names

    def found(workspace, dataset, wanted):
        asked["wanted"].append(wanted)
        return Source(model="folds-1", answers=asked["answers"])

    def told(workspace, dataset, source):
        ids = known_classes(workspace, dataset, dataset.taxonomy).index
        return ids, (one, other), np.tile([0.95, 0.05], (len(ids), 1))

    monkeypatch.setattr(model_says.queue_needs, "found", found)
    monkeypatch.setattr(model_says, "class_probabilities", told)
    return asked


def test_the_model_decides_where_people_contradict_each_other(survey_space, survey, ids, model):
    by_people = find_truth(survey_space, survey, rule="majority")
    assert by_people.status_counts["conflict"] == 10
    with_model = find_truth(survey_space, survey, rule="crowdlab")
    assert with_model.status_counts == {
        "agreed": 20, "settled": 0, "conflict": 0, "unanswered": 0,
    }  # fmt: skip
    assert set(with_model.objects["label"]) == {survey.taxonomy.class_names[0]}
    assert "labels" in model["wanted"][0].needs  # of folds, each by who did not learn from it


def test_no_model_is_asked_where_the_rule_needs_none(survey_space, survey, ids, model):
    votes = votes_for(survey_space, survey)
    assert model_says.with_model(survey_space, survey, votes, "weighted") is votes
    assert model["wanted"] == []


def test_a_model_that_was_not_asked_yet_is_named(survey_space, survey, ids, model):
    model["answers"] = ""
    with pytest.raises(BadInputError, match="'folds-1' has not been asked about all galaxies"):
        find_truth(survey_space, survey, rule="crowdlab")


def test_without_any_model_that_is_said(survey_space, survey, ids):
    with pytest.raises(NotFoundError, match="no model of classes"):
        find_truth(survey_space, survey, rule="crowdlab")


def test_answers_of_the_model_are_joined_by_id(survey_space, survey, ids, model):
    votes = model_says.with_model(survey_space, survey, votes_for(survey_space, survey), "crowdlab")
    frame = pd.DataFrame(votes.probabilities, index=votes.object_ids, columns=votes.answers)
    assert frame.loc[ids[3], survey.taxonomy.class_names[0]] == 0.95
    assert frame.loc[ids[3]].sum() == pytest.approx(1)
