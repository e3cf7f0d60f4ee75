"""The other views of Explain on planted looks: turned, layers, filters, right against wrong."""

import json

from astro_core.runs import list_runs
from astro_core.runs.desk import ticket
from astro_core.workflows.explain import question

WORST = "pictures-000"


def title_of(test):
    chart = test.get("plotly_chart")[0]
    return json.loads(chart.proto.spec)["layout"]["title"]["text"].replace("<br>", " ")


def test_turned_tells_how_often_the_answer_stays(see, survey, give_model, answer, said, html_of):
    answer(give_model(survey), survey, WORST, "rotation")
    test = see(view="turned")
    assert "It says elliptical in 3 of 4 orientations" in title_of(test)
    assert html_of(test).count('class="tf-other"') == 1
    assert "A map of it is zero in some orientation" in said(test)


def test_layers_are_browsed_in_order(see, space, survey, give_model, answer, said, html_of):
    run_id = give_model(survey)
    for layer in ("conv_1", "last_conv"):
        answer(run_id, survey, WORST, "activations", layer=layer)
    test = see(view="layers")
    (slider,) = test.get("select_slider")
    assert slider.options == ["conv_1", "pool", "last_conv"]
    assert "conv_1: 80 maps of 12 x 12 cells" in said(test).replace("\\", "")
    html = html_of(test)
    assert html.count("<figure>") == 5  # the galaxy, and four maps
    assert "3 · flat" in html
    slider.set_value("last_conv").run()
    assert test.query_params["layer"] == "last_conv"
    assert "last_conv: 80 maps" in said(test).replace("\\", "")
    assert "maps 0 to 63 of 80" in said(test)
    asked = question(
        space, run_id, survey.name, WORST, "activations", head="type", layer="last_conv", first=64
    )
    see(view="layers", layer="last_conv", page="2")
    assert ticket(space, asked["key"]).exists()


def test_filters_tell_what_nothing_excites(see, survey, give_model, answer, said, html_of):
    answer(give_model(survey), survey, "", "filters", layer="conv_1")
    test = see(view="filters")
    (slider,) = test.get("select_slider")
    assert slider.options == ["conv_1", "last_conv"]
    html = html_of(test)
    assert "0 · 0.1 → 1" in html
    assert "nothing excites it" in html
    assert "grown from noise" in said(test)


def test_right_against_wrong_is_offered_then_asked_for_once(
    see, space, survey, give_model, said, named, monkeypatch
):
    submitted = []
    monkeypatch.setattr("astro_core.runs.submit", lambda *a, **k: submitted.append(a) or "gone")
    monkeypatch.setattr("astro_core.runs.get_run", lambda space, run_id: list_runs(space)[0])
    give_model(survey)
    test = see(view="means")
    assert "where the model looks on the mean" in said(test)
    named(test.button, "Look at right and wrong").click().run()
    assert [kind for _, kind, _ in submitted] == ["explain-mean"]
    assert submitted[0][2]["output"] == "elliptical"  # what people say of this galaxy


def test_mean_maps_are_told_with_their_numbers(
    see, survey, give_model, plant_means, said, named, html_of
):
    run_id = give_model(survey)
    plant_means(run_id, survey, "merger", object_ids=(("pictures-002",), ("pictures-006",), ()))
    test = see(view="means", **{"class": "merger"})
    assert "It looks further out when it is wrong" in title_of(test)
    assert "Mean galaxy of the test part" in said(test)
    assert "is merger, answered merger" in said(test)
    named(test.get("button_group"), "Galaxies").set_value("missed").run()
    assert "is merger, answered otherwise" in said(test)
