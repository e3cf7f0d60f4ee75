import numpy as np
import pytest

from astro_core.detection.end_to_end import score_pipeline
from astro_core.detection.scoring import Truth, match_boxes, score_boxes
from astro_core.domain import Boxes, no_boxes
from astro_core.errors import BadInputError

SQUARE, FAR = [10, 10, 30, 30], [60, 60, 80, 80]


def boxes(*corners, scores=None, labels=()):
    return Boxes(
        corners=np.reshape(corners, (-1, 4)), scores=scores or [1.0] * len(corners), labels=labels
    )


def truth(*corners, labels=(), unsure=None):
    return Truth(boxes=boxes(*corners, labels=labels), unsure=unsure or no_boxes())


def test_what_is_found_exactly_scores_one():
    known = {"a": truth(SQUARE, FAR), "b": truth(SQUARE)}
    scores = score_boxes(known, {name: each.boxes for name, each in known.items()})
    assert (scores.n_pictures, scores.n_boxes) == (2, 3)
    assert scores.map_50 == scores.map_50_95 == scores.ar_100 == pytest.approx(1.0)
    assert scores.ar_1 == pytest.approx(2 / 3)  # one box a picture, and three to find


def test_finding_nothing_scores_nought_and_is_no_accident():
    scores = score_boxes({"a": truth(SQUARE)}, {})
    assert scores.map_50 == scores.ar_100 == 0.0


def test_a_box_that_overlaps_by_two_thirds_counts_at_low_thresholds_only():
    shifted = boxes([10, 10, 30, 40])  # 20 x 20 of 20 x 30
    scores = score_boxes({"a": truth(SQUARE)}, {"a": shifted})
    assert scores.map_50 == pytest.approx(1.0)
    assert scores.ar_1 == pytest.approx(0.4)  # 0.5, 0.55, 0.6 and 0.65 of ten


def test_a_surer_false_alarm_costs_precision():
    found = boxes(FAR, SQUARE, scores=[0.9, 0.5])
    assert score_boxes({"a": truth(SQUARE)}, {"a": found}).map_50 == pytest.approx(0.5)


def test_an_unsure_galaxy_neither_rewards_nor_punishes():
    known = {"a": truth(SQUARE, unsure=boxes(FAR))}
    assert score_boxes(known, {"a": boxes(SQUARE)}).map_50 == pytest.approx(1.0)
    found = boxes(FAR, SQUARE, scores=[0.9, 0.5])
    assert score_boxes(known, {"a": found}).map_50 == pytest.approx(1.0)
    assert len(match_boxes(known, {"a": found})) == 1


def test_with_labels_a_box_of_the_wrong_class_is_a_miss_and_a_false_alarm():
    known = {"a": truth(SQUARE, FAR, labels=("spiral", "ring"))}
    found = {"a": boxes(SQUARE, FAR, scores=[0.9, 0.8], labels=("spiral", "spiral"))}
    assert score_boxes(known, found).map_50 == pytest.approx(1.0)
    assert score_boxes(known, found, by_label=True).map_50 == pytest.approx(0.5)
    pairs = match_boxes(known, found)
    assert [(p.said, p.true) for p in pairs] == [("spiral", "spiral"), ("spiral", "ring")]


def test_each_galaxy_is_found_once():
    twice = boxes(SQUARE, SQUARE, scores=[0.9, 0.8])
    pairs = match_boxes({"a": truth(SQUARE, labels=("ring",))}, {"a": twice})
    assert [p.true for p in pairs] == ["ring", ""]


def test_scoring_prints_nothing(capsys):
    score_boxes({"a": truth(SQUARE)}, {"a": boxes(SQUARE)})
    assert capsys.readouterr().out == ""


def test_nothing_to_judge_by_is_refused():
    with pytest.raises(BadInputError, match="no galaxy to find"):
        score_boxes({"a": truth()}, {})
    with pytest.raises(BadInputError, match="Nobody knows"):
        score_boxes({"a": truth(SQUARE)}, {"b": boxes(SQUARE)})


def test_a_pipeline_is_right_where_box_and_class_are():
    known = {
        "a": truth(SQUARE, FAR, labels=("spiral", "ring")),
        "b": truth(SQUARE, labels=("ring",)),
    }
    named = {
        "a": boxes(SQUARE, FAR, scores=[0.9, 0.8], labels=("spiral", "spiral")),
        "b": boxes(FAR, scores=[0.7], labels=("ring",)),
    }
    scores = score_pipeline(known, named)
    assert (scores.n_pictures, scores.n_boxes, scores.n_found) == (2, 3, 3)
    assert scores.recall == scores.precision == pytest.approx(2 / 3)
    assert scores.accuracy == pytest.approx(1 / 2)
    assert scores.right_recall == scores.right_f1 == pytest.approx(1 / 3)
    assert scores.map_50 == pytest.approx((1.0 + 0.0) / 2)
