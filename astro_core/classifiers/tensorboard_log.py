"""The history of a training as TensorBoard reads it.

Two logs, ``train`` and ``validation``, so that TensorBoard draws both into one plot of a measure.
The records are written directly: TensorBoard itself is not needed.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf

_MEMBER = "member"
_NOT_DRAWN = ("epoch", "seconds", "cpu_seconds", _MEMBER)
_VALIDATION = "val_"


class EventLog:
    """Event files in a folder that belongs to them alone.

    A training that is taken up again begins them anew with all its epochs, so that none is
    missing or there twice.

    Parameters
    ----------
    folder : Path
        Made with the first epoch.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0
        self._logs: dict[str, tf.io.TFRecordWriter] = {}

    def write(self, history: Sequence[Mapping[str, float]]) -> None:
        """Add the epochs that are not written yet.

        Parameters
        ----------
        history : sequence of Mapping
            Measures by name, with epoch, seconds, and member in an ensemble; those that begin
            with ``val_`` are of the validation part.
        """
        if not self._logs:
            shutil.rmtree(self._folder, ignore_errors=True)
        now = time.time()
        left = sum(entry.get("seconds", 0.0) for entry in history[self._written :])
        for entry in history[self._written :]:
            left -= entry.get("seconds", 0.0)
            self._add(entry, now - left)
        self._written = len(history)
        for log in self._logs.values():
            log.flush()

    def _add(self, entry: Mapping[str, float], moment: float) -> None:
        parts: dict[str, dict[str, float]] = {"train": {}, "validation": {}}
        for name, value in entry.items():
            if name.startswith(_VALIDATION):
                parts["validation"][name.removeprefix(_VALIDATION)] = value
            elif name not in _NOT_DRAWN:
                parts["train"][name] = value
        parts["train"]["seconds_per_epoch"] = entry.get("seconds", 0.0)
        # The members of an ensemble count their epochs from one, each in a log of its own.
        before = f"member-{int(entry[_MEMBER]) + 1}/" if _MEMBER in entry else ""
        for part, values in parts.items():
            self._log(before + part).write(_record(values, int(entry["epoch"]), moment))

    def _log(self, part: str) -> tf.io.TFRecordWriter:
        import tensorflow as tf
        from tensorflow.core.util.event_pb2 import Event

        if part not in self._logs:
            folder = self._folder / part
            folder.mkdir(parents=True)
            log = tf.io.TFRecordWriter(str(folder / f"events.out.tfevents.{int(time.time())}.run"))
            begun = Event(wall_time=time.time(), file_version="brain.Event:2")
            log.write(begun.SerializeToString())
            self._logs[part] = log
        return self._logs[part]


def _record(values: Mapping[str, float], step: int, moment: float) -> bytes:
    from tensorflow.core.framework.summary_pb2 import Summary
    from tensorflow.core.util.event_pb2 import Event

    told = [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
    event = Event(wall_time=moment, step=step, summary=Summary(value=told))
    return bytes(event.SerializeToString())
