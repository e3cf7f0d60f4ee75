"""What was found at a path: stamps, classes, bands, the readers that fit, every problem."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from astro_core.domain import Run, plain_taxonomy
from astro_core.figures.counts import class_counts
from astro_core.figures.theme import class_colours, class_letters, class_patterns
from astro_core.ui import charts, frame
from astro_core.ui.gallery import Item, gallery
from astro_core.ui.images import fit, tile_bytes
from astro_core.ui.import_options import edit_classes
from astro_core.ui.words import disk, objects, plain
from astro_core.workspace import Workspace

_TILE_PX = 104


def found(workspace: Workspace, run: Run, counts: Mapping[str, int]) -> None:
    """Show what an inspection found; `counts` are the classes as they will be imported."""
    seen = run.result
    st.caption(plain(f"In {seen['path']}"))
    _facts(seen)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _stamps(workspace, run)
    with right:
        if counts:
            _classes(counts, int(seen["n_unlabelled"]))
            edit_classes(run)
        _readers(seen)
        for note in seen["notes"]:
            st.caption(plain(note))
    _problems(run)
    _table(seen)


def _facts(seen: Mapping[str, Any]) -> None:
    sizes = ", ".join(f"{s['width_px']} x {s['height_px']}" for s in seen["sizes"][:2])
    cells = [
        (f"{seen['n_objects']:,}", "objects"),
        (f"{seen['n_bad']:,}", "left out"),
        (str(len(seen["classes"])), "classes"),
        (" ".join(seen["bands"]), "bands"),
        (sizes + (" ..." if len(seen["sizes"]) > 2 else ""), "pixels"),
        (disk(seen["image_bytes"]), "on disk"),
    ]
    if seen["n_with_votes"]:
        cells.append((f"{seen['n_with_votes']:,}", f"with {seen['vote_answers']} vote fractions"))
    if seen["n_duplicates"]:
        cells.append((f"{seen['n_duplicates']:,}", "exact duplicates"))
    inner = "".join(
        f"<div><b>{escape(value)}</b><span>{escape(name)}</span></div>" for value, name in cells
    )
    st.html(f'<div class="tf-facts">{inner}</div>')


def _stamps(workspace: Workspace, run: Run) -> None:
    folder = workspace.runs / run.run_id
    names = tuple(sorted({p["label"] for p in run.result["previews"] if p["label"]}))
    colours = class_colours(plain_taxonomy("seen", names))
    items = []
    for shown in run.result["previews"]:
        path = folder / shown["image"] if shown["image"] else None
        items.append(
            Item(
                object_id=shown["object_id"],
                image=_thumbnail(str(path), path.stat().st_mtime_ns) if path else None,
                label=shown["label"],
                colour=colours.get(shown["label"] or ""),
                ring="person" if shown["label"] else "none",
                caption=shown["label"] or shown["object_id"],
            )
        )
    gallery(
        items, key="import:stamps", label="Some of the images", selectable=False, tile_px=_TILE_PX
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _thumbnail(path: str, _changed_ns: int) -> bytes:
    import numpy as np
    from PIL import Image

    with Image.open(path) as image:
        return tile_bytes(fit(np.asarray(image.convert("RGB")), _TILE_PX), _TILE_PX)


def _table(seen: Mapping[str, Any]) -> None:
    rows = pd.DataFrame(seen["previews"])[["object_id", "file", "label"]]
    st.dataframe(rows, hide_index=True, height=180, alt="The first objects of the catalogue")
    names = [c for c in seen["columns"] if c not in ("part", "row", "content", "duplicate_of")]
    extra = f" and {len(names) - 24} more" if len(names) > 24 else ""
    st.caption(plain("Columns: " + ", ".join(names[:24]) + extra))


def _classes(counts: Mapping[str, int], n_unlabelled: int) -> None:
    taxonomy = plain_taxonomy("seen", tuple(counts))
    all_counts = {**counts, **({"": n_unlabelled} if n_unlabelled else {})}
    figure = class_counts(
        pd.DataFrame({"": list(all_counts.values())}, index=list(all_counts)),
        all_counts,
        colours=class_colours(taxonomy, light=frame.is_light()),
        letters=class_letters(taxonomy),
        patterns=class_patterns(taxonomy),
    )
    said = ", ".join(f"{name or 'no label'} {n:,}" for name, n in all_counts.items())
    charts.show(figure, key="import:classes", alt=f"Objects per class: {said}")


def _readers(seen: Mapping[str, Any]) -> None:
    lines = [
        f"{'**' if r['name'] == seen['reader'] else ''}{plain(r['label'])}"
        f"{'**' if r['name'] == seen['reader'] else ''}: {plain(r['reason'])}"
        for r in seen["readers"]
    ]
    if not any(r["name"] == seen["reader"] for r in seen["readers"]):
        lines.insert(0, f"**{plain(seen['reader'])}**: chosen by hand")
    st.markdown("Readers that fit\n\n- " + "\n- ".join(lines))


def _problems_in_words(seen: Mapping[str, Any]) -> str:
    n: int = seen["n_problems"]
    return "1 problem." if n == 1 else f"{n:,} problems."


def _problems(run: Run) -> None:
    seen = run.result
    if not seen["n_problems"]:
        st.caption("Every image could be read.")
        return
    listed = pd.DataFrame(seen["problems"])
    head, button = st.columns([5, 1], vertical_alignment="bottom")
    shown = "" if len(listed) == seen["n_problems"] else f" The first {len(listed):,} are listed."
    head.markdown(
        f"**{_problems_in_words(seen)}** {objects(seen['n_bad'])} will be left out, the "
        f"others go on.{shown}"
    )
    button.download_button(
        "CSV",
        listed.to_csv(index=False).encode(),
        file_name="problems.csv",
        mime="text/csv",
        icon=":material/download:",
        key="import:problems",
        on_click="ignore",
        width="stretch",
    )
    st.dataframe(
        listed,
        hide_index=True,
        height=min(36 * (len(listed) + 1) + 2, 260),
        column_config={"reason": st.column_config.TextColumn(width="large")},
        alt="Problems: object, file and reason",
    )
