import time
from dataclasses import replace

import pytest

from astro_core.errors import BadInputError
from astro_core.workflows import feature_cost
from astro_core.workflows.feature_plan import plan_features
from astro_core.workflows.features import work_ahead


@pytest.fixture
def asked(survey):
    """A plan whose extractor notes what it is given, is slow the first time, and never succeeds."""
    seen = []

    def measure(pixels, params):
        seen.append(pixels.object_id)
        time.sleep(0.5 if len(seen) == 1 else 0.01)
        raise BadInputError("Nothing there")

    plan = plan_features(survey, "colours", {"threshold_sigma": 3.0})
    feature_cost._REMEMBERED.clear()
    yield replace(plan, spec=replace(plan.spec, measure=measure)), seen
    feature_cost._REMEMBERED.clear()


def test_a_few_objects_all_over_the_catalogue_are_tried_once(asked, survey):
    plan, seen = asked
    each = feature_cost.seconds_per_object(plan)
    assert len(set(seen)) == feature_cost.TRIED
    assert 0.01 <= each < 0.5  # what the first one paid for imports is not counted
    assert feature_cost.seconds_per_object(plan) == each
    assert len(seen) == feature_cost.TRIED
    other = replace(plan, params=replace(plan.params, threshold_sigma=5.0))
    feature_cost.seconds_per_object(other)
    assert len(seen) == 2 * feature_cost.TRIED


def test_the_time_ahead_grows_with_what_is_left(asked, survey_space):
    plan, _ = asked
    whole = work_ahead(survey_space, plan)
    part = work_ahead(survey_space, replace(plan, sample=15))
    assert (whole.n_objects, part.n_objects) == (60, 15)
    assert whole.seconds == pytest.approx(4 * part.seconds)
