"""The other views of Explain on planted looks: turned, layers, filters, right against wrong."""

import io
import json
from dataclasses import replace

import numpy as np

from astro_core.runs import list_runs
from astro_core.runs.desk import ticket
from astro_core.workflows.explain import open_explanation, question
from astro_core.workflows.explain_export import numbers

WORST = "pictures-000"


def board_of(test):
    """What the board of pictures was given, by name."""
    (sent,) = [
        json.loads(c.proto.json)
        for c in test.get("bidi_component")
        if c.proto.component_name == "tuning_fork_explain_board"
    ]
    return {panel["name"]: panel for panel in sent["panels"]}


def title_of(test):
    chart = test.get("plotly_chart")[0]
    return json.loads(chart.proto.spec)["layout"]["title"]["text"].replace("<br>", " ")


def test_a_zero_map_is_said_and_not_drawn(see, survey, give_model, answer):
    run_id = give_model(survey)
    answer(run_id, survey, WORST, "cam", zero="elliptical")
    answer(run_id, survey, WORST, "occlusion")
    board = board_of(see(**{"class": "elliptical"}))
    assert board["gradcam"]["saying"] == "Nothing in it speaks for elliptical: this map is zero."
    assert board["gradcam"]["heat"] == ""
    assert board["gradcam"]["saying"] in board["gradcam"]["alt"]
    assert board["occlusion"]["heat"].startswith("data:image/png")
    assert board["occlusion"]["note"] == ""  # there is nothing to compare it with
    assert board["integrated"]["saying"] == "loading the network"


def test_every_way_of_looking_says_its_unit_and_whether_it_agrees(see, survey, give_model, answer):
    run_id = give_model(survey)
    answer(run_id, survey, WORST, "cam")
    answer(run_id, survey, WORST, "occlusion")
    answer(run_id, survey, WORST, "integrated", output="spiral")
    query = {"class": "spiral"}
    board = board_of(see(**query))
    assert list(board) == ["gradcam", "alone", "gradcam_pp", "occlusion", "integrated"]
    assert board["gradcam"]["large"]
    assert board["gradcam"]["note"] == "6x6 cells of layer last_conv"
    assert {board[n]["note"] for n in ("gradcam_pp", "occlusion", "integrated")} == {"agrees 1.00"}
    assert board["occlusion"]["alt"].startswith(f"Occlusion of spiral on {WORST}: agrees 1.00; ")
    assert "strongest above and left of the centre" in board["occlusion"]["alt"]
    assert not board["integrated"]["line"]
    said = board_of(see(method="occlusion", **query))["occlusion"]["note"]
    assert said == "patch of 6 px; 1 is a fall by 2.00"
    said = board_of(see(method="integrated", **query))["integrated"]["note"]
    assert said == "pixels sum to +0.49; answer against empty sky +0.50"


def test_all_maps_are_taken_along_as_numbers(space, survey, give_model, answer):
    run_id = give_model(survey)
    keys = [
        answer(run_id, survey, WORST, "cam"),
        answer(run_id, survey, WORST, "occlusion"),
        answer(run_id, survey, WORST, "integrated", output="spiral"),
    ]
    content = numbers([open_explanation(space, key) for key in keys])
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        assert stored["outputs"].tolist() == ["elliptical", "spiral", "merger"]
        assert stored["gradcam"].shape == stored["occlusion"].shape == (3, 6, 6)
        assert stored["integrated_spiral"].shape == (6, 6)
        np.testing.assert_allclose(stored["answers"], [0.8, 0.45, 0.1])


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


def test_right_against_wrong_can_be_asked_for_again_when_its_run_was_deleted(
    see, space, survey, give_model, said, named, monkeypatch
):
    give_model(survey)
    test = see(view="means")
    with monkeypatch.context() as asking:
        asking.setattr("astro_core.runs.submit", lambda *a, **k: "gone")
        asking.setattr(
            "astro_core.runs.get_run", lambda *a: replace(list_runs(space)[0], run_id="gone")
        )
        named(test.button, "Look at right and wrong").click().run()
    test.run()
    assert not test.error
    assert named(test.button, "Look at right and wrong")


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


def test_a_stamp_among_the_means_asks_about_its_galaxy(see, survey, give_model):
    give_model(survey)
    test = see(view="means", object="pictures-002", session={"cluster:among": ["pictures-002"]})
    assert "view" not in test.query_params
    assert test.query_params["object"] == "pictures-002"
