import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from astro_core.datasets.balance import BALANCES, BalanceParams, plan_balance
from astro_core.errors import BadInputError, NotFoundError

COUNTS = {"galaxy": 900, "lens": 60, "nebula": 40}


def test_limiting_cuts_large_classes_only():
    plan = plan_balance(COUNTS, "limit", BalanceParams(limit=300))
    assert plan.n_distinct.tolist() == [300, 60, 40]
    assert plan.n_copies.tolist() == [0, 0, 0]
    assert plan.weights.tolist() == [1, 1, 1]
    assert plan.imbalance == 7.5


def test_resampling_all_fills_every_class_to_the_largest():
    plan = plan_balance(COUNTS, "resample")
    assert plan.n_drawn.tolist() == [900, 900, 900]
    assert plan.n_copies.tolist() == [0, 840, 860]
    assert plan.imbalance == 1


def test_resampling_to_a_target_also_cuts():
    plan = plan_balance(COUNTS, "resample", BalanceParams(target=400))
    assert plan.n_distinct.tolist() == [400, 60, 40]
    assert plan.n_drawn.tolist() == [400, 400, 400]


def test_partial_resampling_lets_weights_do_the_rest():
    plan = plan_balance(COUNTS, "partial", BalanceParams(floor=0.5))
    assert plan.n_drawn.tolist() == [900, 450, 450]
    assert plan.weights == pytest.approx([1800 / 2700, 1800 / 1350, 1800 / 1350])
    assert plan.share_of_loss == pytest.approx([1 / 3] * 3)


def test_class_weights_are_those_of_scikit_learn():
    plan = plan_balance(COUNTS, "weights")
    y = np.repeat(list(COUNTS), list(COUNTS.values()))
    assert plan.weights == pytest.approx(
        compute_class_weight("balanced", classes=np.array(list(COUNTS)), y=y)
    )
    assert plan.weights == pytest.approx([1000 / 2700, 1000 / 180, 1000 / 120])
    assert plan.share_of_loss == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("strategy", BALANCES.names())
def test_an_empty_class_is_never_filled_and_weighs_nothing(strategy):
    plan = plan_balance({**COUNTS, "ring": 0}, strategy)
    assert plan.n_drawn[3] == plan.weights[3] == plan.share_of_loss[3] == 0
    assert plan.weights[:3] == pytest.approx(plan_balance(COUNTS, strategy).weights)
    assert plan.share_of_loss.sum() == pytest.approx(1)
    assert np.all(plan.n_distinct <= plan.n_objects)


@pytest.mark.parametrize("counts", [{}, {"ring": 0}])
def test_nothing_to_balance_is_said(counts):
    with pytest.raises(BadInputError, match="no labelled object"):
        plan_balance(counts, "limit")


def test_an_unknown_strategy_lists_the_known_ones():
    with pytest.raises(NotFoundError, match="partial"):
        plan_balance(COUNTS, "smote")


def test_the_table_has_a_row_per_class():
    table = plan_balance(COUNTS, "partial").table()
    assert table["class"].tolist() == list(COUNTS)
    assert (table["used"] + table["copies"]).tolist() == table["drawn"].tolist()
