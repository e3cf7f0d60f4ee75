"""A trained model for elsewhere: as a file to hand on, for instruments, and for TensorBoard."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import streamlit as st

from astro_core.classifiers.bundle_info import BundleInfo, read_info
from astro_core.classifiers.export_formats import EXPORTS, ExportSpec
from astro_core.domain import Run
from astro_core.errors import BadInputError, NotFoundError, TuningForkError
from astro_core.ui import frame, run_status
from astro_core.ui.words import disk
from astro_core.workflows.model_export import Export, list_exports, open_export, submit_export
from astro_core.workflows.models import export_model, find_model
from astro_core.workflows.train import TENSORBOARD
from astro_core.workspace import Workspace

_WIDTHS = [1.1, 2.6, 1]
_REFUSED = "runs:export:refused"


def panel(workspace: Workspace, run: Run) -> None:
    """Offer the model of a training that is done, and say what each format costs."""
    try:
        info = read_info(find_model(workspace, run.run_id))
    except (NotFoundError, BadInputError):
        return
    with st.expander("Use the model elsewhere", icon=":material/ios_share:"):
        if refused := st.session_state.pop(_REFUSED, ""):
            frame.problem(refused)
        _whole(workspace, run)
        if info.kind == "keras":
            made = list_exports(workspace, run.run_id)
            for spec in EXPORTS:
                newest = next((m for m in made if m.params.get("format") == spec.name), None)
                _row(workspace, run, spec, newest)
        _tensorboard(workspace, run, info)


def _whole(workspace: Workspace, run: Run) -> None:
    name, said, button = st.columns(_WIDTHS, vertical_alignment="center")
    name.markdown("**Whole model**")
    said.caption("All that Tuning Fork needs, in one zip file; another workspace can import it.")

    def content() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.zip"
            export_model(workspace, run.run_id, path)
            return path.read_bytes()

    button.download_button(
        "Download", content, f"{run.run_id}.zip", "application/zip", width="stretch",
        key=f"runs:zip:{run.run_id}", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _row(workspace: Workspace, run: Run, spec: ExportSpec, newest: Run | None) -> None:
    """One format: what it is, or what it costs once it is written."""
    if newest is not None and not newest.finished:
        run_status.going(workspace, newest)
        return
    if newest is not None and newest.state == "done":
        _written(run, open_export(workspace, newest.run_id))
        return
    name, said, button = st.columns(_WIDTHS, vertical_alignment="center")
    name.markdown(f"**{spec.label}**")
    failed = f" It failed: {newest.error}" if newest and newest.state == "failed" else ""
    said.caption(spec.description + failed)
    button.button(
        "Write", key=f"runs:write:{spec.name}:{run.run_id}", width="stretch",
        icon=":material/memory:", on_click=_write, args=(workspace, run, spec),
        help="Takes about half a minute; size, time and accuracy are measured",
    )  # fmt: skip


def _written(run: Run, export: Export) -> None:
    """A format that is there: what it costs, its card, and the files."""
    spec = export.spec
    name, said, card, button = st.columns(
        [_WIDTHS[0], _WIDTHS[1] - 0.7, 0.7, _WIDTHS[2]], vertical_alignment="center"
    )
    name.markdown(f"**{spec.label}**")
    said.caption(cost_line(export))
    with card.popover("Card", width="stretch"):
        st.markdown(export.card)
    button.download_button(
        "Download", lambda: _packed(export), f"{run.run_id}-{spec.name}.zip", "application/zip",
        key=f"runs:{spec.name}:{run.run_id}", icon=":material/download:", on_click="ignore",
        width="stretch", help="The network, its card and its facts, in one zip file",
    )  # fmt: skip


def _write(workspace: Workspace, run: Run, spec: ExportSpec) -> None:
    try:
        submit_export(workspace, run.run_id, spec.name)
    except TuningForkError as error:
        st.session_state[_REFUSED] = str(error)


def cost_line(export: Export) -> str:
    """What a format costs, in one line."""
    cost = export.cost
    parts = [
        f"{disk(cost['size_bytes'])} (Keras {disk(cost['keras_bytes'])})",
        f"{cost['latency_ms']:.2f} ms an image (Keras {cost['keras_latency_ms']:.2f})",
    ]
    for name, told in cost["heads"].items():
        if told["n"]:
            score = f"{told['score']} {told['export']:.3f} (Keras {told['keras']:.3f}"
            parts.append(f"{name}: {score}, {cost['part']}, n = {told['n']:,})")
    return " · ".join(parts)


def _packed(export: Export) -> bytes:
    """The files of an export as one zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(export.file.parent.iterdir()):
            archive.write(path, path.name)
    return packed.getvalue()


def _tensorboard(workspace: Workspace, run: Run, info: BundleInfo) -> None:
    logs = workspace.runs / run.run_id / TENSORBOARD
    if info.kind == "forest" or not logs.is_dir():
        return
    st.caption("Its epochs for TensorBoard, which is installed with `pip install tensorboard`:")
    st.code(f"tensorboard --logdir {logs}", language="bash")
