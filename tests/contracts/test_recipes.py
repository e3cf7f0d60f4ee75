"""What every recipe promises: it has words, is built at its own size, and trains end to end."""

import os
import subprocess
import sys
from dataclasses import replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import numpy as np
import pytest

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.bundle import BundleInfo, load_bundle, save_bundle
from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.registry import MODELS, RECIPES
from astro_core.classifiers.targets import Targets
from astro_core.classifiers.vote_targets import vote_head
from astro_core.datasets.gz2 import challenge_taxonomy
from astro_core.domain import Head, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.params import describe, from_mapping, to_mapping, validate

NAMED = {
    "astrodetector-cnn", "astrodetector-forest", "gz2-cnn", "gz2-cnn-balanced", "galaxy10-simple",
    "galaxy10-bigger", "galaxy10-dropout", "galaxy10-dropout-bn", "galaxy10-dropout-l1l2",
    "galaxy10-bn-l1l2", "galaxy10-dropout-bn-l1l2", "galaxy10-vgg16-frozen",
    "galaxy10-vgg16-finetuned", "galaxy10-ensemble", "galaxy10-small-tuned", "votes-cnn",
    "votes-cnn-cropped", "votes-cnn-variant", "votes-resnet50", "splus-efficientnetb7", "fork",
    "fork-votes", "morphology",
}  # fmt: skip
PROJECTS = {"A", "B", "C", "D", "E", "ours"}
SMALLER = {  # the same code
    "fork": {"width": 4, "stages": 2},
    "forest": {"n_estimators": 3},
    "vgg16": {"weights": "none"},
    "resnet50": {"weights": "none"},
    "efficientnet": {"weights": "none", "variant": "b0"},
    "ensemble": {"members": "galaxy10-simple, gz2-cnn"},
}
SIZES = (16, 24, 32, 48, 64, 96)
N, N_TRAIN = 24, 18
every = pytest.mark.parametrize("recipe", RECIPES, ids=RECIPES.names())


def head_of(recipe):
    if recipe.target == "votes":
        return vote_head(challenge_taxonomy())
    if recipe.target == "binary":
        return Head(name="label", kind="binary", outputs=("a", "b"))
    return Head(name="label", kind="classes", outputs=("a", "b", "c"), mirror=(0, 2, 1))


def sky(head, size):
    """Images with all classes in the training part; votes that add up by question."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (N, size, size, 3)).astype(np.uint8)
    if head.kind == "votes":
        truth = rng.random((N, len(head.outputs))).astype(np.float32)
    else:
        truth = np.eye(len(head.outputs), dtype=np.float32)[np.arange(N) % len(head.outputs)]
    target = Targets(head=head, truth=truth, known=np.ones(N, dtype=bool))
    rows = np.arange(N)
    return tuple(
        TrainingSet(pixels=pixels, targets=(target,), rows=r)
        for r in (rows[:N_TRAIN], rows[N_TRAIN:])
    )


def smaller(recipe):
    return replace(recipe.network, **SMALLER.get(recipe.model, {}))


def own_size(recipe):
    """The network as the recipe has it, without the file of its first weights."""
    names = {info.name for info in describe(recipe.network)}
    return replace(recipe.network, **({"weights": "none"} if "weights" in names else {}))


def inner(model, name):
    """A layer, "layer/inner" for one inside a network that is a layer itself."""
    for part in name.split("/"):
        model = model.get_layer(part)
    return model


def channels(recipe):
    return 1 if recipe.training.grey else 3


def smallest(recipe, head):
    """The smallest size that the network can be built at."""
    spec = MODELS.get(recipe.model)
    for size in SIZES:
        try:
            if spec.build is not None:
                spec.build((size, size, channels(recipe)), (head,), smaller(recipe))
        except BadInputError as error:
            assert "too small" in str(error)  # noqa: PT017 - the other errors are failures
        else:
            return size
    raise AssertionError(f"{recipe.name} cannot be built at {SIZES[-1]} px")


def trained(recipe, size, folder):
    """A model after one epoch, or with a few trees, and its head."""
    head, spec = head_of(recipe), MODELS.get(recipe.model)
    params = replace(recipe.training, size_px=size, crop_px=0, epochs=1, batch_size=8, balance_to=0)
    network = smaller(recipe)
    parts = sky(head, size)
    if spec.fit is not None:
        return spec.fit(*parts, params, network, folder=folder), head, params
    from astro_core.classifiers.fitting import fit

    shape = (size, size, channels(recipe))
    fitted = fit(lambda: spec.build(shape, (head,), network), *parts, params, folder)
    return (fitted.model, fitted.history), head, params


def test_all_recipes_are_named_as_agreed():
    assert set(RECIPES.names()) == NAMED


@every
def test_a_page_can_show_it(recipe):
    spec = MODELS.get(recipe.model)
    assert recipe.label
    assert recipe.description.endswith(".")
    assert recipe.target in ("classes", "binary", "votes", "both")
    assert recipe.project in PROJECTS
    assert (spec.build is None) != (spec.fit is None)
    assert type(recipe.network) is spec.params
    for params in (recipe.training, recipe.network):
        assert from_mapping(type(params), to_mapping(validate(params))) == params
    names = [i.name for p in (recipe.training, recipe.network) for i in describe(p)]
    assert len(names) == len(set(names)), "a setting's name says which of the two it belongs to"
    assert set(spec.obeys) <= {i.name for i in describe(recipe.training)}


def test_the_list_of_recipes_loads_no_network():
    code = (
        "import sys; from astro_core.classifiers import recipes; "
        "print(sorted({'keras', 'tensorflow', 'sklearn', 'skops'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "recipe", [r for r in RECIPES if MODELS.get(r.model).build], ids=lambda r: r.name
)
def test_its_network_is_built_at_its_own_size(recipe):
    head, spec, size = head_of(recipe), MODELS.get(recipe.model), recipe.training.size_px
    model = spec.build((size, size, channels(recipe)), (head,), own_size(recipe))
    assert tuple(model.input_shape) == (None, size, size, channels(recipe))
    assert {k: tuple(v.shape) for k, v in model.output.items()} == {head.name: (None, head.n_units)}
    assert len(inner(model, spec.last_conv).output.shape) == 4
    assert len(model.get_layer(spec.embedding).output.shape) == 2


@every
@pytest.mark.usefixtures("small_backbones")
def test_it_trains_end_to_end_and_its_bundle_answers_alike(recipe, tmp_path):
    size = smallest(recipe, head_of(recipe))
    (model, history), head, params = trained(recipe, size, tmp_path / "checkpoint")
    assert len(history) == len(getattr(model, "members", "1"))
    assert np.isfinite(list(history[0].values())).all()
    pixels = np.random.default_rng(1).integers(0, 255, (5, size, size, 3)).astype(np.uint8)
    answers = predict(model, pixels, (head,), grey=params.grey, views=params.views)[head.name]
    assert answers.shape == (5, len(head.outputs))
    assert np.isfinite(answers).all()
    assert ((answers >= 0) & (answers <= 1 + 1e-6)).all()
    if head.kind != "votes":
        np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    spec = MODELS.get(recipe.model)
    info = BundleInfo(
        name=recipe.name,
        kind=spec.kind,
        heads=(head,),
        render=RenderRecipe(size_px=size),
        grey=params.grey,
        views=params.views,
        embedding=spec.embedding,
    )
    save_bundle(tmp_path / "bundle", model, info)
    back = load_bundle(tmp_path / "bundle").predict(pixels)[head.name]
    np.testing.assert_allclose(back, answers, atol=1e-5)
