"""Pretrained weights and ensembles on Train and Runs: the choice, what is missing, what is told."""

import pytest
from reading import named, said

from astro_core.classifiers import pretrained
from astro_core.classifiers.networks.published import VGG16
from astro_core.runs.folder import RunFolder
from astro_core.workflows import train as workflow
from astro_core.workspace import read_json, write_json

VGG = "galaxy10-vgg16-frozen"


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 48, validation=True)


@pytest.fixture
def see(open_page, survey):
    return lambda page="train.py", **query: open_page(page, dataset=survey.name, **query)


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(pretrained, "_answers", lambda _: False)


@pytest.fixture
def submitted(monkeypatch):
    """What is submitted, kept from the engine; the run's folder is there as if it were queued."""
    asked = []

    def submit(workspace, kind, params, *, title):
        asked.append(params)
        return RunFolder.create(workspace, kind=kind, params=params, title=title).run_id

    monkeypatch.setattr(workflow.runs, "submit", submit)
    return asked


def test_missing_weights_are_announced_and_refused_with_the_way_on(see, submitted):
    test = see(recipe=VGG)
    assert "of VGG-16 (59 MB) are not on this machine" in said(test)
    named(test.button, "Train").click().run()
    assert "cannot be reached. Set weights=none to train from scratch" in said(test)
    assert not submitted
    named(test.get("button_group"), "First weights").set_value("none").run()
    assert test.query_params["weights"] == "none"
    assert "says nothing about the pretrained network, and is marked so" in said(test)
    named(test.button, "Train").click().run()
    assert submitted[0]["settings"] == {"weights": "none"}


def test_weights_that_are_there_are_said_to_be(see):
    VGG16.path.parent.mkdir(parents=True)
    VGG16.path.write_bytes(b"weights")
    assert "weights of VGG-16 are on this machine" in said(see(recipe=VGG))


def test_a_local_file_is_looked_at_before_it_is_used(see, tmp_path):
    test = see(recipe=VGG)
    named(test.get("button_group"), "First weights").set_value("file").run()
    named(test.text_input, "Weights file").set_value("/nowhere/x.h5").run()
    assert "no such file with weights" in said(test)
    path = tmp_path / "mine.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n")
    named(test.text_input, "Weights file").set_value(str(path)).run()
    assert test.query_params["weights_path"] == str(path)
    assert "begins with the weights in mine" in said(test)


def test_recipes_that_draw_all_weights_offer_no_choice(see):
    test = see(recipe="galaxy10-simple")
    assert "First weights" not in [g.label for g in test.get("button_group")]


def test_members_of_an_ensemble_that_make_no_sense_are_named(see):
    test = see(recipe="galaxy10-ensemble", members="tea")
    assert "no recipe named 'tea'" in said(test)
    assert "Train" in [b.label for b in test.button]


@pytest.mark.parametrize(
    ("weights", "words"), [("none", "from scratch"), ("imagenet", "ImageNet weights")]
)
def test_what_a_training_began_with_is_told(see, survey, plant_training, html_of, weights, words):
    run_id = plant_training(survey, recipe=VGG, settings={"weights": weights})
    test = see(run=run_id)
    assert f"<b>{words}</b><span>first weights</span>" in html_of(test)
    title = named(test.selectbox, "Training").format_func(run_id)
    assert ("from scratch" in title) == (weights == "none")
    table = see("runs.py").dataframe[0].value
    assert ("from scratch" in table["Result"].iloc[0]) == (weights == "none")


@pytest.fixture
def ensemble(space, survey, plant_training):
    """A finished ensemble of two, as its run leaves it."""
    run_id = plant_training(
        survey, recipe="galaxy10-ensemble", settings={"members": "galaxy10-simple, fork"}
    )
    folder = space.runs / run_id
    history = read_json(folder / "history.json")
    both = [{**epoch, "member": place} for place in (0.0, 1.0) for epoch in history]
    write_json(folder / "history.json", both)
    told = {
        "members": [
            {"recipe": "galaxy10-simple", "share": 0.25},
            {"recipe": "fork", "share": 0.75},
        ],
        "mixed": {"n": 7, "log_loss": [0.9, 0.5], "log_loss_together": 0.4},
    }
    write_json(folder / "result.json", read_json(folder / "result.json") | told)
    return run_id


def test_an_ensemble_tells_what_each_member_counts(see, ensemble, html_of):
    test = see(run=ensemble, view="scores")
    html = html_of(test)
    assert "found on 7 galaxies of validation" in said(test)
    assert "<th>Simple network</th><td>0.25</td><td>0.900</td>" in html
    assert "<th>together</th><td>1.00</td><td>0.400</td>" in html
    assert "epoch of lowest validation loss" not in html


def test_curves_of_an_ensemble_are_those_of_one_member(see, ensemble):
    test = see(run=ensemble, view="curves")
    member = named(test.get("button_group"), "Member")
    assert member.value == 1
    assert len(test.get("plotly_chart")) == 2
    member.set_value(0).run()
    assert not test.exception
    assert len(test.get("plotly_chart")) == 2
