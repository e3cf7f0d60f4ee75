"""What a report tells of a model that answers with classes."""

from __future__ import annotations

from html import escape

import numpy as np

from astro_core.errors import BadInputError
from astro_core.evaluation.calibration import UNDEFINED_BELOW, Calibration, calibration
from astro_core.evaluation.curves import Curve, both_curves
from astro_core.evaluation.intervals import Interval, score_intervals, share_interval
from astro_core.evaluation.report import Report, report
from astro_core.evaluation.thresholds import at_threshold, band_table, in_band, threshold_table
from astro_core.figures import curves, reliability, thresholds
from astro_core.figures.confusion import confusion_matrix
from astro_core.figures.inline import inline
from astro_core.figures.theme import class_colours, class_letters
from astro_core.workflows.evaluation_report import Told
from astro_core.workflows.evaluation_views import Judged, judged, prediction_sets

Facts = list[tuple[str, str]]
Curves = tuple[Curve, ...]
_HEADS = ("class", "n", "precision", "recall", "F1", "area, ROC", "area, PR")
DRAWS = 200


def classes_section(told: Told) -> tuple[str, Facts, dict[str, str]]:
    """HTML of the figures and tables, the scores, and the galaxies to look at.

    Raises
    ------
    BadInputError
        If the part has no labelled galaxy.
    """
    found = judged(told.workspace, told.run.run_id, told.part, told.head.name)
    if found is None or not found.n:
        raise BadInputError("This part has no labelled galaxy to judge by", todo="Choose another")
    given = (found.probabilities, found.truth)
    told_of = report(*given, found.classes)
    trust = calibration(*given)
    roc, precision = both_curves(*given, found.classes, draws=DRAWS)
    body = "".join(
        (
            _confusion(told, found, told_of, roc, precision),
            _curves(told, roc, precision),
            f'<div class="pair">{_threshold(told, found)}{_reliability(told, trust)}</div>',
            _sets(told, found),
        )
    )
    return body, _facts(told_of, trust), _mistakes(told, found)


def _facts(told: Report, trust: Calibration) -> Facts:
    around = score_intervals(told.confusion)
    return [
        (
            f"{told.balanced_accuracy:.3f}",
            f"balanced accuracy, {_between(around.balanced_accuracy)}",
        ),
        (f"{told.accuracy:.3f}", f"accuracy, {_between(around.accuracy)}"),
        (f"{told.macro_f1:.3f}", f"macro F1, {_between(around.macro_f1)}"),
        (f"{trust.ece:.3f}", f"calibration error, up to {trust.chance_95:.3f} by chance"),
        (f"{told.n:,}", "labelled galaxies"),
    ]


def _between(one: Interval) -> str:
    return f"{one.low:.3f} to {one.high:.3f}"


def _look(told: Told) -> dict[str, dict[str, str]]:
    taxonomy = told.dataset.taxonomy
    return {"colours": class_colours(taxonomy), "letters": class_letters(taxonomy)}


def _confusion(told: Told, found: Judged, told_of: Report, roc: Curves, precision: Curves) -> str:
    letters = class_letters(told.dataset.taxonomy)
    figure = confusion_matrix(told_of.confusion, found.classes, letters=letters)
    rows = "".join(
        f"<tr><td>{escape(str(name).replace('_', ' '))}</td><td>{int(row['support']):,}</td>"
        f"<td>{_number(row['precision'])}</td><td>{_recall(told_of, k)}</td>"
        f"<td>{_number(row['f1'])}</td><td>{_area(roc[k])}</td><td>{_area(precision[k])}</td></tr>"
        for k, (name, row) in enumerate(told_of.by_class.iterrows())
    )
    mean = (
        f'<tr class="sum"><td>mean</td><td>{told_of.n:,}</td><td></td>'
        f"<td>{told_of.balanced_accuracy:.3f}</td><td>{told_of.macro_f1:.3f}</td>"
        f"<td>{_area(roc[-1])}</td><td>{_area(precision[-1])}</td></tr>"
    )
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    table = f"<table><tr>{heads}</tr>{rows}{mean}</table>"
    drawn = inline(figure, alt="Labels against answers", name="confusion")
    return f'<div class="pair">{drawn}<div>{table}</div></div>'


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "none"


def _recall(told: Report, k: int) -> str:
    n = int(told.by_class["support"].iloc[k])
    if not n:
        return "none"
    around = share_interval(int(told.confusion[k, k]), n)
    return f"{told.confusion[k, k] / n:.3f}<br><small>{_between(around)}</small>"


def _curves(told: Told, roc: Curves, precision: Curves) -> str:
    look = _look(told)
    drawn = inline(curves.roc(roc, **look), alt="ROC curve of each class", name="roc") + inline(
        curves.precision_recall(precision, **look),
        alt="Precision against recall of each class",
        name="precision-recall",
    )
    return f'<div class="pair">{drawn}</div>'


def _area(curve: Curve) -> str:
    if not np.isfinite(curve.area):
        return "none"
    around = (
        f" <small>{curve.low:.3f} to {curve.high:.3f}</small>" if np.isfinite(curve.low) else ""
    )
    return f"{curve.area:.3f}{around}"


def _threshold(told: Told, found: Judged) -> str:
    given = (found.probabilities, found.truth)
    if len(found.classes) == 2:
        band = (1 - UNDEFINED_BELOW, UNDEFINED_BELOW)
        figure = thresholds.band_curves(
            band_table(*given), in_band(*given, *band), band=band, classes=found.classes,
            **_look(told),
        )  # fmt: skip
    else:
        figure = thresholds.threshold_curves(
            threshold_table(*given), at_threshold(*given, UNDEFINED_BELOW), at=UNDEFINED_BELOW
        )
    return inline(figure, alt="What is left undefined, and what is right", name="threshold")


def _reliability(told: Told, trust: Calibration) -> str:
    hits = (trust.bins["accuracy"] * trust.bins["n"]).round().astype(int)
    around = [share_interval(h, n) for h, n in zip(hits, trust.bins["n"], strict=True)]
    figure = reliability.reliability(
        trust.bins, [(one.low, one.high) for one in around],
        error=trust.ece, chance=trust.chance_95, part=told.part,
    )  # fmt: skip
    return inline(figure, alt="Share of right answers by probability", name="reliability")


def _sets(told: Told, found: Judged) -> str:
    fitted = told.info.calibration.get(told.head.name, {})
    if "set_threshold" not in fitted:
        return ""
    sets = prediction_sets(found, fitted["set_threshold"])
    return (
        f"<p>Prediction sets hold every class from a probability of {fitted['set_threshold']:.3f} "
        f"on: {sets.coverage:.1%} of them hold the label (95 % interval {sets.interval.low:.1%} to "
        f"{sets.interval.high:.1%}; {fitted['coverage']:.0%} were asked for), with "
        f"{sets.mean_size:.2f} classes on the mean.</p>"
    )


def _mistakes(told: Told, found: Judged) -> dict[str, str]:
    """The most confident mistakes: id to "label → answer, probability"."""
    letters = class_letters(told.dataset.taxonomy)
    signs = [letters.get(name, name) for name in found.classes]
    answer, top = found.probabilities.argmax(axis=1), found.probabilities.max(axis=1)
    wrong = np.flatnonzero(answer != found.truth)
    return {
        str(found.object_ids[row]): (
            f"{signs[found.truth[row]]} → {signs[answer[row]]} {top[row]:.2f}"
        )
        for row in wrong[np.argsort(-top[wrong], kind="stable")]
    }
