"""What a training will be given: augmented stamps, and how many galaxies of each class."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from astro_core.classifiers.augmentation import augments
from astro_core.classifiers.parts import PARTS
from astro_core.classifiers.settings import CATALOGUE, TrainingParams
from astro_core.params import to_mapping
from astro_core.ui import cached, frame
from astro_core.ui import train_state as state
from astro_core.ui.images import data_uri, tile_bytes
from astro_core.ui.train_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.training_offer import augmented, drawn
from astro_core.workflows.training_plan import render_recipe

WAYS = {"images": "Images", "parts": "Parts"}
GALAXIES, COPIES, TILE_PX = 4, 6, 64


def panel(shown: Shown) -> None:
    """Choose between the images and the numbers."""
    way = st.segmented_control(
        "What it is given", list(WAYS), key=f"{shown.key}:given", required=True, default="images",
        format_func=WAYS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    with frame.in_words():
        (_images if way == "images" else _parts)(shown)


def _images(shown: Shown) -> None:
    params = shown.plan.training
    ids = cached.sample_ids(shown.dataset, GALAXIES)
    changing = to_mapping(params)
    names = ("crop_px", "size_px", "grey", "rotation_deg", "shift", "shear_deg", "zoom", "flip",
             "dihedral", "seed")  # fmt: skip
    key = (shown.dataset.fingerprint, tuple(changing[name] for name in names))
    rows = _tiles(key, ids, shown, params)
    html = "".join(
        f'<div class="tf-strip" style="height:{TILE_PX}px">'
        + "".join(f'<img src="{data_uri(tile)}" width="{TILE_PX}" alt="">' for tile in row)
        + "</div>"
        for row in rows
    )
    alt = escape("Galaxies as the network sees them", quote=True)
    st.html(f'<div class="tf-given" role="img" aria-label="{alt}">{html}</div>')
    crop_px = render_recipe(shown.dataset, params).crop_px
    if short := _short(shown, crop_px):
        st.caption(
            f":material/crop_free: {short:,} of {shown.dataset.n_objects:,} images are smaller "
            f"than {crop_px} px and stand on black; a crop of 0 takes each image whole."
        )
    crop = f"the central {crop_px} px" if crop_px else "the whole image"
    seen = f"The network sees {crop} at {params.size_px} px"
    if augments(params):
        st.caption(
            f"{seen}: on the left as it is, then as training changes it, anew in every epoch. "
            "Validation and test images are never changed."
        )
    else:
        st.caption(f"{seen}. Training images are not changed; All settings has rotation and more.")


def _short(shown: Shown, crop_px: int) -> int:
    """Images that are smaller than the crop."""
    sizes = cached.catalogue(shown.dataset, ("width_px", "height_px"))
    return int((sizes.min(axis=1) < crop_px).sum())


@st.cache_resource(max_entries=32, show_spinner=False)
def _tiles(
    key: tuple[str, tuple[object, ...]],  # noqa: ARG001 - what the images are made from
    ids: tuple[str, ...],
    _shown: Shown,
    _params: TrainingParams,
) -> list[list[bytes]]:
    plain, changed = augmented(_shown.workspace, _shown.dataset, _params, ids, COPIES)
    return [
        [tile_bytes(image, TILE_PX) for image in (one, *many)]
        for one, many in zip(plain, changed, strict=True)
    ]


def _parts(shown: Shown) -> None:
    params, target = shown.plan.training, shown.plan.recipe.target
    offer = state.offer(shown.dataset, target, params)
    if offer.problem:
        st.info(offer.problem)
        return
    shows = None
    if offer.heads[0].kind != "votes" and params.balance != "none":
        shows = drawn(offer.parts["train"], params)
    st.html(table(shown, offer.parts, shows))
    if params.labels != CATALOGUE:
        st.caption(
            "Labels are what people say now; the training keeps what they say when it begins."
        )
    balanced = "" if shows is None else " An epoch shows as many images as the last column says."
    st.caption(
        "The split is the dataset's own where it has one. A tenth of the training galaxies is "
        f"kept for calibration; nothing is chosen or stopped on that, nor on test.{balanced}"
    )


def table(shown: Shown, parts: pd.DataFrame, shows: pd.Series | None = None) -> str:
    """HTML of the galaxies of each class and part, and what an epoch shows of the class."""
    order = [name for name in shown.dataset.taxonomy.class_names if name in parts.index]
    order += [name for name in parts.index if name not in order]
    head = "".join(f"<td>{name}</td>" for name in PARTS) + (
        "<td>shown</td>" if shows is not None else ""
    )
    rows = [f"<tr><th>class</th>{head}</tr>"]
    for name in order:
        cells = [int(parts.loc[name, part]) for part in PARTS]
        cells += [] if shows is None else [int(shows[name])]
        rows.append(
            _row(
                f"<b>{escape(shown.letters.get(name, ''))}</b> "
                f"{escape(readable(name) or 'no label')}",
                cells,
            )
        )
    total = [int(parts[part].sum()) for part in PARTS]
    rows.append(_row("all", [*total, *([] if shows is None else [int(shows.sum())])]))
    return f'<table class="tf-classes tf-parts">{"".join(rows)}</table>'


def _row(head: str, cells: list[int]) -> str:
    return f"<tr><th>{head}</th>{''.join(f'<td>{n:,}</td>' for n in cells)}</tr>"
