from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import replace_state
from astro_core.domain import Taxonomy
from astro_core.workflows.browse_query import KEYS
from astro_core.workflows.crossmatch import CrossmatchParams, crossmatch, delete_match, save_match


def text_of(test):
    parts = [*test.markdown, *test.caption, *test.info, *test.warning]
    return "\n".join(p.value for p in parts)


@pytest.fixture
def browse(open_page):
    return lambda **query: open_page("browse.py", **query)


def test_without_a_dataset_it_says_how_to_get_one(space, browse):
    test = browse()
    assert "no dataset yet" in text_of(test)


def test_the_first_page_shows_the_survey(make_survey, browse):
    make_survey("pictures", 40)
    test = browse(dataset="pictures")
    assert "**40** of 40 objects" in text_of(test)
    chips = [b.label for b in test.button if b.key.startswith("browse-chip")]
    assert chips == ["**E** elliptical 10", "**S** spiral 10", "**M** merger 10", "no label 10"]


def test_the_address_says_what_is_shown(make_survey, browse):
    make_survey("pictures", 40)
    test = browse(dataset="pictures", **{"class": "merger,~", "split": "test", "size": "L"})
    assert "**4** of 40 objects" in text_of(test)
    assert "split test" in [b.label for b in test.button]


def test_clicking_a_chip_filters_and_goes_back_to_the_first_page(make_survey, browse):
    make_survey("pictures", 80)
    test = browse(dataset="pictures", page="3")
    assert test.query_params["page"] == "3"
    test.button(key="browse-chip-1").click().run()
    assert test.query_params["class"] == "spiral"
    assert "page" not in test.query_params
    assert "**20** of 80 objects" in text_of(test)
    test.button(key="browse-chip-1").click().run()
    assert "class" not in test.query_params


@pytest.mark.parametrize("key", KEYS)
def test_nonsense_in_the_address_is_told(make_survey, browse, key):
    make_survey("pictures", 12)
    test = browse(dataset="pictures", page="-3", size="huge", panel="?", **{key: "%%,:;~~nan"})
    assert not test.exception
    if key != "id":
        assert f"'{key}'" in test.warning[0].value


def test_searching_sorting_and_paging(make_survey, browse):
    make_survey("pictures", 80)
    test = browse(dataset="pictures")
    search = next(t for t in test.text_input if t.label == "Search object id")
    search.set_value("-07").run()
    assert test.query_params["id"] == "-07"
    assert "**10** of 80 objects" in text_of(test)
    sort = next(s for s in test.selectbox if s.label == "Sort by")
    sort.set_value("object_id").run()
    next(b for b in test.button if b.label.startswith("Sorted")).click().run()
    assert test.query_params["sort"] == "-object_id"
    assert not test.exception


@pytest.mark.parametrize("panel", ["classes", "balance", "sky", "match", "none"])
def test_every_panel_opens(make_survey, browse, panel):
    make_survey("pictures", 12)
    assert not browse(dataset="pictures", panel=panel).exception


@pytest.mark.parametrize("panel", ["classes", "balance", "sky", "match"])
def test_nothing_known_is_said_and_nothing_breaks(make_survey, browse, panel):
    dataset = make_survey("bare", 12)
    frame = read_catalogue(dataset).assign(label=None, split=None, ra_deg=np.nan, dec_deg=np.nan)
    bare = replace(dataset, fingerprint="bare", class_counts={}, taxonomy=Taxonomy(name="none"))
    replace_state(dataset, bare, frame, [])
    test = browse(dataset="bare", panel=panel)
    assert not test.exception
    said = {
        "classes": "No object has a class yet",
        "balance": "nothing to balance",
        "sky": "None of these objects has a position",
        "match": "nothing to match by",
    }
    assert said[panel] in text_of(test)


def test_an_empty_dataset_opens(make_survey, browse):
    dataset = make_survey("empty", 4)
    none = replace(dataset, fingerprint="none", n_objects=0, class_counts={})
    replace_state(dataset, none, read_catalogue(dataset).iloc[:0], [])
    for panel in ("classes", "balance", "sky", "match"):
        test = browse(dataset="empty", panel=panel)
        assert "**0** of 0 objects" in text_of(test)


def test_a_match_that_is_forgotten_elsewhere_is_forgotten_here(make_survey, browse):
    dataset = make_survey("pictures", 12)
    table = pd.DataFrame({"ra": [150.0], "dec": [2.0]})
    save_match(dataset, "mine", crossmatch(dataset, table, "ra", "dec", CrossmatchParams()), table)
    test = browse(dataset="pictures", panel="match")
    delete_match(dataset, "mine")
    next(b for b in test.button if b.label == "Forget").click().run()
    assert not test.exception
    assert "**mine**" not in text_of(test)


def test_no_match_says_so(make_survey, browse):
    make_survey("pictures", 12)
    test = browse(dataset="pictures", id="nobody")
    assert "No object passes these filters" in text_of(test)


def test_an_object_in_the_address_opens_large(make_survey, browse):
    make_survey("pictures", 12)
    test = browse(dataset="pictures", object="pictures-001")
    words = text_of(test)
    assert "2 of 12" in words
    assert "Legacy Survey" in words
    assert "ra=150.010000" in words
    table = next(d.value for d in test.dataframe if "column" in d.value)
    values = dict(zip(table["column"], table["value"], strict=True))
    assert values["object_id"] == "pictures-001"
    assert values["label"] == "spiral"
    following = next(b for b in test.button if b.label == "Next")
    following.click().run()
    assert test.query_params["object"] == "pictures-002"


def test_an_unknown_object_in_the_address_is_said(make_survey, browse):
    make_survey("pictures", 12)
    test = browse(dataset="pictures", object="<b>nobody</b>")
    assert "There is no object" in test.warning[0].value


def test_a_simulated_survey_has_no_sky_links(make_survey, browse):
    make_survey("sim", 8, simulated=True)
    words = text_of(browse(dataset="sim", object="sim-001"))
    assert "Simulated" in words
    assert "legacysurvey" not in words


def test_an_unreadable_image_is_said_in_the_detail(make_survey, browse, tmp_path):
    make_survey("pictures", 8)
    (tmp_path / "images of pictures" / "pictures-001.jpg").write_bytes(b"broken")
    test = browse(dataset="pictures", object="pictures-001")
    assert any("pictures" in w.value for w in test.warning)
    assert not test.exception


def test_ranges_can_be_added_and_removed(make_survey, browse):
    make_survey("pictures", 20)
    test = browse(dataset="pictures")
    add = next(s for s in test.selectbox if s.label.startswith("Range of a column"))
    add.set_value("ra_deg").run()
    assert test.query_params["range"] == "ra_deg::"
    low = next(n for n in test.number_input if n.label == "From (ra_deg)")
    low.set_value(150.1).run()
    assert test.query_params["range"] == "ra_deg:150.1:"
    assert "**10** of 20 objects" in text_of(test)


def test_balance_numbers_follow_the_filters(make_survey, browse):
    make_survey("pictures", 40)
    test = browse(dataset="pictures", panel="balance", split="train")
    table = next(d.value for d in test.dataframe if "strategy" in d.value)
    assert table["strategy"].tolist()[0] == "As it is"
    frame = table.set_index("strategy")
    assert frame.loc["As it is", "drawn"] == 24
    assert frame.loc["Resample all", "largest : smallest"] == 1


def test_everything_shown_can_be_selected_at_once(make_survey, browse):
    make_survey("pictures", 8)
    test = browse(dataset="pictures")
    every = next(b for b in test.button if b.label == "Select these 8")
    every.click().run()
    assert "**8** selected" in text_of(test)
