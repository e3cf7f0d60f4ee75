"""A model that learns from what people said, and how good models became by it."""

from __future__ import annotations

from typing import cast

import streamlit as st

from astro_core import runs
from astro_core.classifiers.settings import FILLED
from astro_core.domain import Run
from astro_core.errors import TuningForkError
from astro_core.figures.spent import spent
from astro_core.ui import charts, consensus_cached, frame, run_status
from astro_core.ui.consensus_state import Shown
from astro_core.ui.run_names import short_names
from astro_core.ui.words import plain
from astro_core.workflows.label_spending import CATALOGUE, Spending, spending
from astro_core.workflows.label_stock import label_stock
from astro_core.workflows.rerank import KIND as RERANK
from astro_core.workflows.retrain import (
    BY_PEOPLE,
    FIRST_RECIPE,
    class_trainings,
    submit_retraining,
)
from astro_core.workflows.review_queues import ReviewQueue, list_queues
from astro_core.workflows.training_state import trainings_of

NO_QUEUE = ""
_PROBLEM = "consensus:learn:problem"


def panel(shown: Shown) -> None:
    """Retrain on the left; on the right how good models became with the labels."""
    if shown.question:
        st.info(
            "Models learn classes. Choose the classes above instead of a question.",
            icon=":material/school:",
        )
        return
    trained = trainings_of(shown.workspace, shown.dataset)
    left, right = st.columns([1, 1.5], gap="medium")
    with left:
        _stock(shown)
        _retrain(shown)
        _going(shown)
    with right:
        _spent(shown, trained)


def _stock(shown: Shown) -> None:
    stock = label_stock(shown.dataset, consensus_cached.truth(shown.asked, shown.rule).objects)
    st.markdown(
        f"**{stock.n_to_learn:,} galaxies to learn from.** {stock.n_to_test:,} more with a "
        "label belong to the test split: they are never learned from, and only judge."
    )
    if stock.unlearned:
        names = ", ".join(plain(shown.words[name]) for name in stock.unlearned)
        st.caption(f"Not learned yet, as no galaxy of the training split has this label: {names}.")


def _retrain(shown: Shown) -> None:
    """Which labels, like which model, and which queue is put in order by it."""
    key = f"{shown.key}:learn"
    if problem := st.session_state.pop(_PROBLEM, ""):
        frame.problem(problem)
    queues = [q for q in list_queues(shown.workspace, shown.dataset) if q.n_done < q.n_objects]
    st.selectbox(
        "Labels", _rules(shown), key=f"{key}:labels", format_func=_label_words,
        help="What people together said, by the rule above; or that by majority, and the "
        "catalogue's class where nobody said anything",
    )  # fmt: skip
    by_id = {queue.queue_id: queue for queue in queues}
    st.selectbox(
        "Then put in order", [*by_id, NO_QUEUE], key=f"{key}:queue",
        format_func=lambda queue_id: _queue_words(by_id.get(queue_id)),
        help="What nobody has looked at yet of this queue comes in the order of the new model; "
        "galaxies drawn for control or with a known class stay where they are",
    )  # fmt: skip
    models = _models(shown)
    asked = by_id.get(str(st.session_state.get(f"{key}:queue", NO_QUEUE)))
    first = str(asked.request.get("model", "")) if asked else ""
    st.selectbox(
        "Train as", list(models), key=f"{key}:model:{first}", format_func=models.__getitem__,
        index=list(models).index(first) if first and first in models else 0,
        help="The same recipe and settings as this training; first the one that made the queue",
    )  # fmt: skip
    st.button(
        "Retrain", key=f"{key}:go", type="primary", icon=":material/model_training:",
        disabled=not shown.leads, on_click=_submit, args=(shown, by_id, f"{key}:model:{first}"),
        help="" if shown.leads else "Only a lead may train a model on what people said",
    )  # fmt: skip


def _rules(shown: Shown) -> list[str]:
    return [shown.rule if shown.rule in BY_PEOPLE else BY_PEOPLE[0], FILLED]


def _label_words(rule: str) -> str:
    return "People, else catalogue" if rule == FILLED else f"People ({rule})"


def _queue_words(queue: ReviewQueue | None) -> str:
    if queue is None:
        return "No queue"
    left = queue.n_objects - queue.n_done
    return f"{queue.name or 'Queue'} by {queue.made_by}, {left:,} to go"


def _models(shown: Shown) -> dict[str, str]:
    """Names of trainings to do as, by id; the recipe that fits most where there is none."""
    names = short_names(class_trainings(shown.workspace, shown.dataset))
    return names | {"": f"The recipe {FIRST_RECIPE} as it is"}


def _submit(shown: Shown, queues: dict[str, ReviewQueue], model_key: str) -> None:
    key, asked = f"{shown.key}:learn", st.session_state
    queue = queues.get(asked[f"{key}:queue"])
    try:
        submit_retraining(
            shown.workspace, shown.dataset, labels=asked[f"{key}:labels"], who=shown.person,
            taxonomy="" if _is_own(shown) else shown.taxonomy.name, model=asked[model_key],
            queue_id=queue.queue_id if queue else "", request=queue.request if queue else None,
        )  # fmt: skip
    except TuningForkError as error:
        asked[_PROBLEM] = str(error)


def _is_own(shown: Shown) -> bool:
    return shown.taxonomy.name == shown.dataset.taxonomy.name


def _going(shown: Shown) -> None:
    """Trainings on people's labels, and new orders that follow them."""
    run_status.follow_all(
        shown.workspace,
        [
            run
            for run in runs.list_runs(shown.workspace)
            if run.params.get("dataset") == shown.dataset.name
            and (run.kind == RERANK or run.params.get("settings", {}).get("labels") in BY_PEOPLE)
        ],
    )


def _spent(shown: Shown, trained: tuple[Run, ...]) -> None:
    found = _spending(shown, trained)
    if not found:
        st.info(
            "Here stands how good models become with the labels that people give. It begins with "
            "the first model that is trained on them.",
            icon=":material/trending_up:",
        )
        return
    at = 0
    if len(found) > 1:
        at = st.selectbox(
            "Trainings", range(len(found)), key=f"{shown.key}:learn:group",
            format_func=lambda number: _group_words(found[number]),
        )  # fmt: skip
    one = found[at]
    figure = spent(one.points, n=one.n, by_catalogue=one.by_catalogue)
    said = "; ".join(f"{p.score:.2f} with {p.votes:,}" for p in one.points.itertuples())
    charts.show(figure, key=f"{shown.key}:spent", alt=f"Balanced accuracy by labels given: {said}")
    whose = "the catalogue's classes" if one.truth == CATALOGUE else "what people say of them now"
    st.caption(
        f"All judged anew on the same {one.n:,} galaxies of the test split of "
        f"{plain(shown.dataset.name)}, by {whose}. Labels on them are not counted here. "
        "One training is one draw: another seed gives another point."
    )


def _group_words(one: Spending) -> str:
    times = f"{len(one.points)} training" + ("s" if len(one.points) > 1 else "")
    return " · ".join(filter(None, (one.recipe, one.changed, _label_words(one.labels), times)))


def _spending(shown: Shown, trained: tuple[Run, ...]) -> tuple[Spending, ...]:
    done = tuple(run.run_id for run in trained if run.state == "done")
    key = (*shown.asked.key, done)
    return cast("tuple[Spending, ...]", _kept(key, shown))


@st.cache_resource(max_entries=8, show_spinner="Judging the models anew")
def _kept(key: tuple[object, ...], _shown: Shown) -> tuple[Spending, ...]:  # noqa: ARG001 - the key
    return spending(_shown.workspace, _shown.dataset)
