"""Ask for a queue: how its galaxies are chosen, what is mixed in, and who looks at them."""

from __future__ import annotations

import streamlit as st

from astro_core.domain import Taxonomy
from astro_core.errors import BadInputError
from astro_core.labels.acquisition import ACQUISITIONS, NEEDS
from astro_core.labels.rules import ReviewRules
from astro_core.ui import review_make
from astro_core.ui.forms import params_form
from astro_core.ui.review_models import class_models
from astro_core.ui.review_state import Shown
from astro_core.workflows.gold import CATALOGUE, NOBODY, SETTLED
from astro_core.workflows.new_queue import QueuePlan, QueueSettings
from astro_core.workflows.queue_people import names_to_assign
from astro_core.workflows.selections import list_selections
from astro_core.workflows.taxonomies import list_taxonomies

NEW, LIKE, SELECTION = "new", "like", "selection"  # in the address; NEW may name a strategy
_OF_MODEL = {"probabilities", "members", "set_threshold"}
_GOLD = {
    NOBODY: "No gold",
    CATALOGUE: "Gold from the catalogue",
    SETTLED: "Gold from what a lead settled",
}


def form(shown: Shown) -> None:
    """Draw the form, or how far the work is that it asked for."""
    if review_make.waiting(shown):
        return
    if not shown.may_answer:
        st.info("A viewer looks at queues; reviewers and leads make them.")
        return
    with st.container(border=True, key="new-queue"):
        title, close = st.columns([4, 1], vertical_alignment="center")
        title.subheader("A new queue", anchor=False)
        if shown.queues:
            close.button("Close", key=f"{shown.key}:new-close", width="stretch", on_click=leave)
        plan = _asked(shown)
        if plan is None:
            return
        label = "Make it, and start"
        if st.button(label, key=f"{shown.key}:new-go", type="primary", icon=":material/add:"):
            review_make.begin(shown, plan)


def leave() -> None:
    """Go back to the queues that there are."""
    for name in (NEW, LIKE, SELECTION):
        st.query_params.pop(name, None)


def _asked(shown: Shown) -> QueuePlan | None:
    key = f"{shown.key}:new"
    strategy = _strategy(key)
    spec = ACQUISITIONS.get(strategy)
    like = _like(key) if "likes" in spec.needs else ()
    source, taxonomy = st.columns(2)
    with source:
        selection = _selection(shown, key)
    with taxonomy:
        chosen = _taxonomy(shown, key)
    model = _model(shown, key) if _OF_MODEL & set(spec.needs) else ""
    if model is None or (like == () and "likes" in spec.needs):
        return None
    names = ["size", "control_share"] if spec.needs else ["size"]
    settings = params_form(QueueSettings(), f"{key}:settings", names, columns=len(names))
    with st.expander("Votes, gold, and for whom"):
        rules = params_form(ReviewRules(), f"{key}:rules", columns=3)
        gold = _gold(shown, key)
        more = ["gold_share", "seed"] if gold else ["seed"]
        settings = params_form(settings, f"{key}:settings", more, columns=2)
        assigned_to = _person(shown, key)
        name = st.text_input("Name", key=f"{key}:name", max_chars=80, placeholder=spec.label)
    return QueuePlan(
        strategy=strategy, name=name.strip(), model=model, selection=selection, like=like,
        gold=gold, assigned_to=assigned_to, taxonomy=chosen.name, version=chosen.version,
        settings=settings, rules=rules,
    )  # fmt: skip


def _strategy(key: str) -> str:
    named = st.query_params.get(NEW, "")
    key = f"{key}:strategy:{named}"
    options = ACQUISITIONS.names()
    first = options.index(named) if named in options else 0
    chosen = st.selectbox(
        "Which galaxies come first", options, key=key, index=first,
        format_func=lambda name: ACQUISITIONS.get(name).label,
    )  # fmt: skip
    spec = ACQUISITIONS.get(chosen)
    needs = " and ".join(NEEDS[need] for need in spec.needs)
    st.caption(f"{spec.description}{f' Needs {needs}.' if needs else ''}")
    return str(chosen)


def _like(key: str) -> tuple[str, ...]:
    named = st.query_params.get(LIKE, "")
    text = st.text_input(
        "Galaxies to be like", named, key=f"{key}:like:{named}", max_chars=2_000,
        placeholder="Object ids with commas between them", help="Browse opens this for a galaxy.",
    )  # fmt: skip
    ids = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not ids:
        st.caption("Name a galaxy, or open one in Browse and press *Review more like this*.")
    return ids


def _selection(shown: Shown, key: str) -> str:
    found = list_selections(shown.workspace, shown.dataset)
    saved = {one.name: len(one.object_ids) for one in found}
    named = st.query_params.get(SELECTION, "")
    options = ["", *saved]
    return str(
        st.selectbox(
            "Choose from", options, key=f"{key}:selection:{named}",
            index=options.index(named) if named in options else 0,
            format_func=lambda name: f"{name} ({saved[name]:,})" if name else "The whole survey",
        )
    )  # fmt: skip


def _taxonomy(shown: Shown, key: str) -> Taxonomy:
    known = {one.name: one for one in list_taxonomies(shown.workspace, shown.dataset)}
    if not known:
        raise BadInputError(
            "There are no classes to answer with", todo="Make some in the view Classes first"
        )
    name = st.selectbox("Classes", list(known), key=f"{key}:classes")
    return known[str(name)]


def _model(shown: Shown, key: str) -> str | None:
    models = class_models(shown.workspace, shown.dataset)
    if not models:
        st.info(
            "This way of choosing asks a model, and there is none yet that answers with classes. "
            "Train one, or take the random order.", icon=":material/school:",
        )  # fmt: skip
        return None
    return str(
        st.selectbox("Model", list(models), key=f"{key}:model", format_func=models.__getitem__)
    )


def _gold(shown: Shown, key: str) -> str:
    saved = {s.name: f"Gold from the selection {s.name}" for s in
             list_selections(shown.workspace, shown.dataset)}  # fmt: skip
    options = _GOLD | saved
    return str(
        st.selectbox(
            "Gold",
            list(options),
            key=f"{key}:gold",
            format_func=options.__getitem__,
            help="Galaxies whose class is known, mixed in to see how well people do.",
        )
    )


def _person(shown: Shown, key: str) -> str:
    everybody = "Everybody"
    others = names_to_assign(shown.workspace, shown.dataset) if shown.person.may("lead") else ()
    names = list(dict.fromkeys([shown.person.name, *others]))
    chosen = st.selectbox(
        "For whom", [everybody, *names], key=f"{key}:whom",
        accept_new_options=shown.person.may("lead"),
        help="Galaxies that are for one person are shown to nobody else.",
    )  # fmt: skip
    return "" if chosen in (None, everybody) else " ".join(str(chosen).split())
