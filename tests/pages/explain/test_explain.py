"""The Explain page on planted looks: which model, which galaxy, and where it looked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from astro_core.domain import Head
from astro_core.runs.desk import ticket
from astro_core.workflows.explain import question

REPOSITORY = Path(__file__).resolve().parents[3]
WORST = "pictures-000"  # the first of those that are wrong, all with the same probability
VOTES = Head(
    name="votes", kind="votes", questions=((0, 1), (2, 3)),
    outputs=("t01_smooth_a01_yes_debiased", "t01_smooth_a02_no_debiased",
             "t02_bar_a03_yes_debiased", "t02_bar_a04_no_debiased"),
)  # fmt: skip


def key_of(space, run_id, survey, object_id, method="cam", **params):
    return question(space, run_id, survey.name, object_id, method, head="type", **params)["key"]


def figure_title(test):
    chart = test.get("plotly_chart")[0]
    return json.loads(chart.proto.spec)["layout"]["title"]["text"].replace("<br>", " ")


def test_the_page_loads_no_network():
    code = (
        "import sys\n"
        "from astro_core.ui import explain_controls, explain_views\n"
        "print(*sorted({'tensorflow', 'keras', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_without_a_model_it_leads_to_one(see, said):
    test = see()
    assert "is asked here where it looked" in said(test)
    assert [b.label for b in test.button if "Train" in b.label] == ["Train a model"]


def test_the_worst_mistake_is_asked_about_and_the_page_waits_in_words(
    see, space, survey, give_model, said, named
):
    run_id = give_model(survey)
    test = see()
    assert named(test.selectbox, "Model").value == run_id
    assert named(test.selectbox, "Galaxies").options[0].startswith("Mistakes (")
    asked = json.loads(ticket(space, key_of(space, run_id, survey, WORST)).read_text())
    assert asked["params"]["object_id"] == WORST
    assert "Grad-CAM: where the last convolution saw" in said(test)
    assert [b.label for b in test.button if b.label == "Cancel"]


def test_a_look_that_was_given_up_is_asked_again_by_a_click_only(
    see, space, survey, give_model, named
):
    run_id = give_model(survey)
    test = see()
    path = ticket(space, key_of(space, run_id, survey, WORST))
    named(test.button, "Cancel").click().run()
    assert path.with_suffix(".cancel").exists()
    test.run()
    assert not [b for b in test.button if b.label == "Cancel"]
    path.unlink()
    named(test.button, "Class activation maps: ask again").click().run()
    assert path.exists()
    assert named(test.button, "Cancel")


def test_a_look_that_failed_says_why(see, space, survey, give_model, said, named):
    run_id = give_model(survey)
    path = ticket(space, key_of(space, run_id, survey, WORST))
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"state": "failed", "error": "There was no memory."}))
    test = see()
    assert "Class activation maps: There was no memory." in said(test)
    assert named(test.button, "Class activation maps: ask again")


def test_what_it_said_and_what_people_say(see, survey, give_model, answer, said, named):
    run_id = give_model(survey)
    answer(run_id, survey, WORST, "cam", answers=(0.2, 0.7, 0.1))
    test = see()
    assert "It is undecided: spiral, 0.70; people say elliptical" in figure_title(test)
    assert named(test.selectbox, "Maps are for").value == "spiral"
    named(test.selectbox, "Maps are for").set_value("merger").run()
    assert test.query_params["class"] == "merger"
    named(test.selectbox, "Maps are for").set_value("spiral").run()
    assert "class" not in test.query_params


def test_the_cross_checks_are_asked_for_the_answer_that_is_explained(
    see, space, survey, give_model, answer
):
    run_id = give_model(survey)
    answer(run_id, survey, WORST, "cam")
    see(**{"class": "merger"})
    for method, params in (("occlusion", {}), ("integrated", {"output": "merger"})):
        assert ticket(space, key_of(space, run_id, survey, WORST, method, **params)).exists()


def test_who_moves_on_waits_for_the_old_galaxy_no_more(see, space, survey, give_model, answer):
    run_id = give_model(survey)
    answer(run_id, survey, WORST, "cam")
    test = see()
    old = ticket(space, key_of(space, run_id, survey, WORST, "occlusion"))
    assert old.exists()
    test.button(key=next(b.key for b in test.button if b.key.endswith(":Next"))).click().run()
    assert test.query_params["object"] != WORST
    assert old.with_suffix(".cancel").exists()


def test_a_galaxy_is_found_by_a_part_of_its_id(see, survey, give_model, said, named):
    give_model(survey)
    test = see()
    named(test.text_input, "Find").set_value("-03").run()
    assert named(test.selectbox, "Galaxies").value == "found"
    assert "Found (10)" in named(test.selectbox, "Galaxies").options
    named(test.text_input, "Find").set_value("nowhere").run()
    assert "No object id holds 'nowhere'" in said(test).replace("\\", "")
    named(test.text_input, "Find").set_value("").run()
    assert named(test.selectbox, "Galaxies").value == "wrong"


def test_one_at_random_is_another_one(see, survey, give_model):
    give_model(survey)
    test = see(**{"from": "all", "object": "pictures-007"})
    test.button(key=next(b.key for b in test.button if b.key.endswith(":random"))).click().run()
    assert test.query_params["object"] != "pictures-007"


def test_nonsense_in_the_address_is_told(see, survey, give_model, said):
    give_model(survey)
    query = {"class": "?", "from": "?", "method": "?", "page": "-1", "layer": "?", "head": "?"}
    words = said(see(run="gone", object="gone", **query)).replace("\\", "")
    assert "There is no model 'gone'" in words
    assert "There is no object 'gone'" in words


def test_a_model_of_another_survey_can_be_asked(
    see, space, survey, make_survey, give_model, said, named
):
    run_id = give_model(make_survey("others", 12))
    test = see()
    assert named(test.selectbox, "Model").options == [
        f"Simple network · learned from others · {run_id}"
    ]
    assert named(test.selectbox, "Galaxies").options == ["Every galaxy (40)"]
    assert ticket(space, key_of(space, run_id, survey, "pictures-000")).exists()


def test_a_forest_is_told_to_have_no_layers(see, survey, give_model, said):
    give_model(survey, kind="forest")
    assert "A forest has no layers to look into" in said(see())


def test_votes_are_explained_question_by_question(see, survey, give_model, answer, said, named):
    run_id = give_model(survey, head=VOTES)
    galaxy = "pictures-000"
    given = (0.3, 0.6, 0.95, 0.05)
    answer(run_id, survey, galaxy, "cam", head=VOTES, answers=given)
    test = see(object=galaxy)
    assert "What it expects people to say: smooth" in figure_title(test)
    assert named(test.selectbox, "Maps are for").value == VOTES.outputs[1]
    named(test.selectbox, "Maps are for").set_value(VOTES.outputs[2]).run()
    assert "What it expects people to say: bar" in figure_title(test)
    assert "never simply right or wrong" in said(see(object=galaxy, view="means"))


@pytest.mark.parametrize("page", ["browse.py", "evaluate.py"])
def test_a_stamp_leads_here(page, open_page, survey, give_model, named):
    run_id = give_model(survey)
    test = open_page(page, dataset=survey.name, object="pictures-004", run=run_id)
    assert named(test.button, "Explain")


def test_without_a_model_a_stamp_leads_nowhere(open_page, survey):
    test = open_page("browse.py", dataset=survey.name, object="pictures-004")
    assert "Explain" not in [b.label for b in test.button]
