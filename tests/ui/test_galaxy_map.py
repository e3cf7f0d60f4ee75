import base64
from pathlib import Path

import numpy as np
import pytest

from astro_core.errors import BadInputError
from astro_core.features.planes import PlaneMap
from astro_core.figures.galaxy_map import by_kind, by_value
from astro_core.ui import galaxy_map
from astro_core.ui.galaxy_map import Fact, chosen_ids, sent_fact, sent_look, sent_points


@pytest.fixture
def laid():
    ids = tuple(f"g{i}" for i in range(60))
    return PlaneMap(object_ids=ids, xy=np.arange(120).reshape(60, 2), method="pca", key="k")


def unpacked(text, kind):
    return np.frombuffer(base64.b64decode(text), dtype=kind)


def test_a_mask_names_its_rows_and_no_others(laid):
    rows = np.zeros(60, dtype=bool)
    rows[[0, 9, 59]] = True
    mask = base64.b64encode(np.packbits(rows, bitorder="little").tobytes()).decode()
    assert chosen_ids(mask, laid) == ["g0", "g9", "g59"]


@pytest.mark.parametrize("bad", ["", "AAAA", "not base64!", None, 7])
def test_a_mask_of_something_else_is_refused(laid, bad):
    with pytest.raises(BadInputError, match="does not belong to this map"):
        chosen_ids(bad, laid)


def test_positions_and_ids_are_sent_whole(laid):
    sent = sent_points(laid.key, laid)
    np.testing.assert_array_equal(unpacked(sent["xy"], "<f4").reshape(-1, 2), laid.xy)
    assert sent["ids"].split("\n") == list(laid.object_ids)


def test_colours_are_sent_as_places_in_a_palette(laid):
    kinds = np.arange(60) % 3 - 1
    look = by_kind(kinds, ["a", "b"], ["#111111", "#222222"], laid.xy, of="x", title="x")
    sent = sent_look(look)
    np.testing.assert_array_equal(unpacked(sent["codes"], "<u2"), kinds + 1)
    assert (sent["ramp"], sent["values"]) == (None, None)
    quantity = by_value(np.linspace(0, 1, 60), of="z", title="z")
    other = sent_look(quantity)
    assert other["signature"] != sent["signature"]
    assert other["ramp"] == {"low": "0.02", "high": "0.98", "first": 1}
    assert len(unpacked(other["values"], "<f4")) == 60


def test_a_fact_of_nobody_is_told_as_nothing():
    sent = sent_fact(Fact(of="class", title="class", codes=np.array([-1, 0]), names=["E"]))
    named = [sent["names"][code] for code in unpacked(sent["codes"], "<u2")]
    assert named == ["", "E"]


def test_text_from_catalogues_never_becomes_markup():
    here = Path(galaxy_map.__file__).parent
    for script in here.glob("galaxy_map*.js"):
        assert "innerHTML" not in script.read_text("utf-8"), script.name
