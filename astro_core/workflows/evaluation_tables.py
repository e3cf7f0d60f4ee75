"""The numbers behind each view of Evaluate as a table that can be taken along."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from astro_core.errors import NotFoundError
from astro_core.evaluation.calibration import calibration
from astro_core.evaluation.curves import Curve, both_curves
from astro_core.evaluation.intervals import share_interval
from astro_core.evaluation.report import report
from astro_core.evaluation.thresholds import band_table, threshold_table
from astro_core.workflows.evaluation_views import Judged


def confusion(found: Judged) -> pd.DataFrame:
    """Labels (rows) against answers (columns), in galaxies."""
    counts = report(found.probabilities, found.truth, found.classes).confusion
    named = pd.DataFrame(counts, columns=list(found.classes))
    named.insert(0, "label", list(found.classes))
    return named


def by_class(found: Judged) -> pd.DataFrame:
    """Precision, recall and F1 of each class, with the interval of the recall."""
    told = report(found.probabilities, found.truth, found.classes)
    hits = np.diagonal(told.confusion)
    around = [share_interval(int(h), int(n)) for h, n in
              zip(hits, told.by_class["support"], strict=True)]  # fmt: skip
    return told.by_class.reset_index().assign(
        recall_low=[one.low for one in around], recall_high=[one.high for one in around]
    )


def curves(found: Judged) -> pd.DataFrame:
    """Every point of the ROC and the precision-recall curves."""
    roc, precision = both_curves(found.probabilities, found.truth, found.classes, draws=0)
    ways = (
        (roc, "roc", "false_positive_rate", "true_positive_rate"),
        (precision, "precision_recall", "recall", "precision"),
    )
    return pd.concat([_points(c, *names) for group, *names in ways for c in group])


def _points(curve: Curve, kind: str, x: str, y: str) -> pd.DataFrame:
    return pd.DataFrame({"curve": kind, "class": curve.name, x: curve.x, y: curve.y})


def thresholds(found: Judged) -> pd.DataFrame:
    """What each threshold costs and brings; each end of a band for two classes."""
    make = band_table if len(found.classes) == 2 else threshold_table
    return make(found.probabilities, found.truth)


def reliability(found: Judged) -> pd.DataFrame:
    """Confidence against accuracy, bin by bin."""
    return calibration(found.probabilities, found.truth, draws=0).bins


def answers(found: Judged) -> pd.DataFrame:
    """Every galaxy with label, answer and its probability, the most confident mistakes first."""
    given = found.probabilities.argmax(axis=1)
    names = np.array(found.classes, dtype=object)
    table = pd.DataFrame(
        {
            "object_id": found.object_ids,
            "label": names[found.truth],
            "answer": names[given],
            "probability": found.probabilities.max(axis=1),
            "right": given == found.truth,
        }
    )
    return table.sort_values(["right", "probability"], ascending=[True, False])


TABLES: dict[str, tuple[str, Callable[[Judged], pd.DataFrame]]] = {
    "confusion": ("Confusion", confusion),
    "classes": ("Classes", by_class),
    "curves": ("Curves", curves),
    "threshold": ("Threshold", thresholds),
    "trust": ("Trust", reliability),
    "mistakes": ("Mistakes", answers),
}


def table(view: str, found: Judged) -> pd.DataFrame:
    """Return the table of a view.

    Raises
    ------
    NotFoundError
        If the view has none.
    """
    if view not in TABLES:
        raise NotFoundError(f"The view '{view}' has no table", expected=", ".join(TABLES))
    return TABLES[view][1](found)
