import json
from dataclasses import replace

import numpy as np
import pytest

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import (
    delete_dataset,
    open_dataset,
    rename_dataset,
    replace_state,
)
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows.browse import open_view
from astro_core.workflows.browse_filters import Filters, select
from astro_core.workflows.browse_query import from_query, to_query
from astro_core.workflows.selections import (
    delete_selection,
    list_selections,
    open_selection,
    rename_selection,
    save_selection,
)

BRANCH = {"kind": "branch", "clustering": "abc", "node": 123}


@pytest.fixture
def ids(survey):
    return read_catalogue(survey, ["object_id"])["object_id"].tolist()


@pytest.fixture
def odd(survey_space, survey, ids):
    chosen = [ids[9], ids[3], ids[9], ids[7]]
    return save_selection(
        survey_space, survey, "Odd ones", chosen, reason="  look again ", source=BRANCH
    )


def test_a_selection_comes_back_as_it_was_saved(survey_space, survey, odd, ids):
    back = open_selection(survey_space, survey, " odd ONES ")
    assert back == odd
    assert back.object_ids == (ids[9], ids[3], ids[7])
    assert (back.name, back.dataset, back.reason) == ("Odd ones", "Small Survey", "look again")
    assert back.source == BRANCH
    assert back.created_at.endswith("+00:00")
    assert list_selections(survey_space, survey) == (odd,)


def test_the_same_name_is_refused_unless_it_is_to_be_replaced(survey_space, survey, odd, ids):
    with pytest.raises(ConflictError, match="already a selection named 'ODD ones'"):
        save_selection(survey_space, survey, "ODD ones", ids[:2])
    assert open_selection(survey_space, survey, "Odd ones") == odd
    save_selection(survey_space, survey, "ODD ones", ids[:2], overwrite=True)
    assert open_selection(survey_space, survey, "Odd ones").object_ids == tuple(ids[:2])
    assert len(list_selections(survey_space, survey)) == 1


def test_what_cannot_be_saved_is_told(survey_space, survey, ids):
    with pytest.raises(BadInputError, match=r"5 of these objects are not in 'Small Survey'.*n0"):
        save_selection(survey_space, survey, "x", [ids[0], *(f"n{i}" for i in range(5))])
    with pytest.raises(BadInputError, match="nothing to save"):
        save_selection(survey_space, survey, "x", [])
    for name in ("", "../x", "a/b", ".x", "x" * 81):
        with pytest.raises(BadInputError, match="cannot be named"):
            save_selection(survey_space, survey, name, ids[:1])
    assert list_selections(survey_space, survey) == ()
    with pytest.raises(NotFoundError, match=r"no selection named 'x'.*save them first"):
        open_selection(survey_space, survey, "x")


def test_renaming_and_deleting(survey_space, survey, odd, ids):
    save_selection(survey_space, survey, "other", ids[:1])
    with pytest.raises(ConflictError, match="'other'"):
        rename_selection(survey_space, survey, "Odd ones", "other")
    assert rename_selection(survey_space, survey, "odd ones", "ODD ones").name == "ODD ones"
    renamed = rename_selection(survey_space, survey, "odd ones", "strange")
    assert renamed == replace(odd, name="strange")
    assert {s.name for s in list_selections(survey_space, survey)} == {"strange", "other"}
    delete_selection(survey_space, survey, "strange")
    with pytest.raises(NotFoundError, match="one of other"):
        open_selection(survey_space, survey, "strange")
    with pytest.raises(NotFoundError, match="no selection named 'strange'"):
        delete_selection(survey_space, survey, "strange")


def test_a_selection_survives_another_name_and_another_state(survey_space, survey, odd):
    renamed = rename_dataset(survey_space, "Small Survey", "Large Survey")
    assert open_selection(survey_space, renamed, "odd ones") == replace(odd, dataset="Large Survey")
    frame = read_catalogue(renamed).assign(label="spiral")
    changed = replace_state(renamed, replace(renamed, fingerprint="small0002"), frame, [])
    assert open_selection(survey_space, changed, "odd ones").object_ids == odd.object_ids


def test_a_deleted_dataset_takes_its_selections(survey_space, survey, odd):
    delete_dataset(survey_space, odd.dataset)
    assert not list(survey_space.selections.glob("*/*.json"))


def test_a_file_that_is_none_is_passed_over(survey_space, survey, odd):
    folder = survey_space.selections / survey.folder.name
    (folder / "half.json").write_text('{"name": "half"', encoding="utf-8")
    (folder / "list.json").write_text("[1, 2]", encoding="utf-8")
    assert list_selections(survey_space, survey) == (odd,)
    with pytest.raises(BadInputError, match=r"'half.json' holds no selection"):
        open_selection(survey_space, survey, "half")
    stored = json.loads((folder / "odd ones.json").read_text("utf-8"))
    assert stored["object_ids"] == list(odd.object_ids)


def test_browse_opens_a_selection_by_its_address(survey_space, survey, odd, ids):
    view = open_view(survey)
    filters, problems = from_query({"selection": "odd ones"}, view, survey_space)
    assert problems == ()
    assert filters.selection == odd
    assert view.ids(select(view, filters)) == [ids[3], ids[7], ids[9]]
    assert to_query(filters) == {"selection": "Odd ones"}
    both = replace(filters, classes=("spiral",))
    assert both.n_active == 2
    assert set(view.ids(select(view, both))) < set(odd.object_ids)
    for name in ("gone", "../odd ones"):
        filters, problems = from_query({"selection": name}, view, survey_space)
        assert filters == Filters()
        assert f"a saved selection instead of '{name}'" in problems[0]


def test_ids_that_are_gone_are_no_rows(survey_space, survey, odd, ids):
    view = open_view(survey)
    filters = Filters(selection=replace(odd, object_ids=("gone", ids[4])))
    np.testing.assert_array_equal(select(view, filters), [4])


def test_a_selection_is_exported_in_a_run(survey_space, survey, odd):
    dataset = open_dataset(survey_space, "Small Survey")
    params = {"dataset": dataset.name, "format": "csv", "query": {"selection": "odd ones"}}
    run = execute(survey_space, "export", params, title="")
    assert run.result["n_objects"] == len(odd.object_ids)
