"""What TensorBoard finds: every epoch once, training and validation beside each other."""

from itertools import pairwise

import pytest

from astro_core.classifiers.tensorboard_log import EventLog

HISTORY = [
    {"loss": 1.0 / n, "accuracy": 0.1 * n, "val_loss": 2.0 / n, "epoch": n, "seconds": 3.0}
    for n in range(1, 5)
]


def read(folder):
    """Values by part, measure and step."""
    import tensorflow as tf
    from tensorflow.core.util.event_pb2 import Event

    found = {}
    for path in sorted(folder.rglob("*tfevents*")):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            event = Event.FromString(record)
            for value in event.summary.value:
                key = (path.parent.relative_to(folder).as_posix(), value.tag, event.step)
                assert key not in found
                found[key] = (value.simple_value, event.wall_time)
    return found


def test_epochs_are_there_as_soon_as_they_are_done(tmp_path):
    log = EventLog(tmp_path / "tb")
    for n in range(1, 5):
        log.write(HISTORY[:n])
        assert max(step for _, _, step in read(tmp_path / "tb")) == n
    found = read(tmp_path / "tb")
    assert found["train", "loss", 2][0] == pytest.approx(0.5)
    assert found["validation", "loss", 2][0] == pytest.approx(1.0)
    assert found["train", "seconds_per_epoch", 4][0] == 3.0
    assert {tag for part, tag, _ in found if part == "validation"} == {"loss"}


def test_a_training_taken_up_again_has_every_epoch_once_and_in_its_time(tmp_path):
    EventLog(tmp_path / "tb").write(HISTORY[:3])
    again = EventLog(tmp_path / "tb")
    again.write(HISTORY)
    found = read(tmp_path / "tb")
    assert sorted(step for _, tag, step in found if tag == "accuracy") == [1, 2, 3, 4]
    times = [found["train", "loss", step][1] for step in range(1, 5)]
    assert [b - a for a, b in pairwise(times)] == pytest.approx([3.0] * 3)


def test_the_members_of_an_ensemble_have_logs_of_their_own(tmp_path):
    EventLog(tmp_path / "tb").write([entry | {"member": m} for m in (0, 1) for entry in HISTORY])
    found = read(tmp_path / "tb")
    assert ("member-2/validation", "loss", 4) in found
    assert not any(tag == "member" for _, tag, _ in found)
