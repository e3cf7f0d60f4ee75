"""Votes along the tree: what is known of them, how a head gives them, and what is lost."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import dirichlet_multinomial as reference

from astro_core.classifiers.losses import measure_for
from astro_core.classifiers.networks.heads import with_heads
from astro_core.classifiers.predicting import columns
from astro_core.classifiers.vote_losses import dirichlet_multinomial, squared
from astro_core.classifiers.vote_targets import of_those_asked, vote_head, vote_targets
from astro_core.classifiers.vote_tree import along_tree, fractions, shares
from astro_core.datasets.gz2 import challenge_taxonomy, gz2_taxonomy
from astro_core.domain import Answer, Head, Question, Taxonomy
from astro_core.errors import BadInputError


def tree(votes_are="conditional"):
    """Smooth or disc? Of discs: arms or none? Of everybody: odd or not?"""

    def question(name, **answers):
        made = (Answer(name=a, text=a, column=a, next_question=n) for a, n in answers.items())
        return Question(name=name, text=name, answers=tuple(made))

    return Taxonomy(
        name="tree",
        votes_are=votes_are,
        questions=(
            question("odd", odd=None, plain=None),
            question("arms", arms="odd", none="odd"),
            question("first", smooth="odd", disc="arms"),
        ),
    )


def taxonomy_of(votes_are):
    """The same with the first question first, as trees are asked."""
    made = tree(votes_are)
    return replace(made, questions=made.questions[::-1])


CUMULATIVE = {
    "smooth": [0.6, 1.0, np.nan], "disc": [0.4, 0.0, 0.5], "arms": [0.1, 0.0, 0.5],
    "none": [0.3, 0.0, 0.0], "odd": [0.2, 0.5, 0.0], "plain": [0.8, 0.5, 1.0],
}  # fmt: skip
CONDITIONAL = {
    "smooth": [0.6, 1.0, np.nan], "disc": [0.4, 0.0, np.nan], "arms": [0.25, 0.0, np.nan],
    "none": [0.75, 0.0, np.nan], "odd": [0.2, np.nan, np.nan], "plain": [0.8, 0.5, np.nan],
}  # fmt: skip


def test_a_question_that_nobody_was_asked_has_no_fractions():
    head = vote_head(taxonomy_of("conditional"), CONDITIONAL)
    found = vote_targets(head, CONDITIONAL)
    assert head.reached_by == ()
    assert found.known.tolist() == [True, True, False]
    told = found.told[1]
    np.testing.assert_array_equal(np.isfinite(told), [True, True, False, False, False, False])
    assert np.isnan(found.told[2]).all()


def test_fractions_of_everybody_are_known_to_be_nothing():
    head = vote_head(taxonomy_of("cumulative"), CUMULATIVE)
    assert head.reached_by == ((), (1,), ())  # "odd" sums to 1 for all of them
    assert vote_head(taxonomy_of("cumulative")).reached_by == ((), (1,), (0, 2, 3))
    told = vote_targets(head, CUMULATIVE).told
    np.testing.assert_allclose(told[1], [1, 0, 0, 0, 0.5, 0.5])
    assert np.isfinite(told[2]).tolist() == [False, False, True, True, True, True]


def test_shares_of_everybody_become_shares_of_those_who_were_asked():
    head = vote_head(taxonomy_of("cumulative"), CUMULATIVE)
    found = of_those_asked(vote_targets(head, CUMULATIVE))
    assert found.head.reached_by == ()
    nothing = [np.nan] * 2
    np.testing.assert_allclose(found.told[0], [0.6, 0.4, 0.25, 0.75, 0.2, 0.8], atol=1e-6)
    np.testing.assert_allclose(found.told[1], [1, 0, *nothing, 0.5, 0.5])
    np.testing.assert_allclose(found.told[2], [*nothing, 1, 0, 0, 1])


def test_people_are_counted_or_follow_from_who_came_that_far():
    taxonomy = taxonomy_of("conditional")
    head = vote_head(taxonomy)
    total = CONDITIONAL | {"total_classifications": [40, 30, 20]}
    asked = vote_targets(head, total, taxonomy).asked
    np.testing.assert_allclose(asked[0], [40, 40, 16, 16, 40, 40])
    np.testing.assert_allclose(asked[1], [30, 30, -1, -1, -1, -1])
    names = {name: f"{name}_fraction" for name in CONDITIONAL}
    counted = {names[name]: values for name, values in CONDITIONAL.items()}
    counted |= {f"{name}_count": [3, 2, 0] for name in CONDITIONAL}
    renamed = replace(head, outputs=tuple(counted)[:6])
    np.testing.assert_allclose(vote_targets(renamed, counted).asked[0], [6] * 6)
    assert vote_targets(head, CONDITIONAL).asked.max() == 1


def test_what_cannot_be_learned_is_refused_in_words():
    taxonomy = taxonomy_of("conditional")
    head = vote_head(taxonomy)
    with pytest.raises(BadInputError, match="needs counts of votes"):
        vote_targets(head, CONDITIONAL, taxonomy, counted=True)
    with pytest.raises(BadInputError, match="lacks votes"):
        vote_targets(head, {"smooth": [0.5]})
    with pytest.raises(BadInputError, match="between 0 and 1"):
        vote_targets(head, CONDITIONAL | {"odd": [7.0, 0, 0]})
    with pytest.raises(BadInputError, match="dataset has none"):
        vote_head(Taxonomy(name="none"))


def test_shares_multiply_down_the_tree_and_back():
    head = vote_head(taxonomy_of("cumulative"))
    conditional = np.array([[0.6, 0.4, 0.25, 0.75, 0.2, 0.8]], dtype=np.float32)
    found = along_tree(head, conditional)
    np.testing.assert_allclose(found[0], [0.6, 0.4, 0.1, 0.3, 0.2, 0.8], atol=1e-6)
    np.testing.assert_allclose(shares(head, found), conditional, atol=1e-6)
    with pytest.raises(BadInputError, match="lead to each other"):
        replace(head, reached_by=((2,), (1,), ())).in_order()


@pytest.mark.parametrize("order", [tree, taxonomy_of], ids=["asked last first", "as asked"])
def test_a_network_multiplies_as_the_tree_says(order):
    """Softmax shares of each question, picked out of the network, give its answers."""
    import keras

    head = vote_head(order("cumulative"))
    image = keras.Input((3,), name="image")
    model = with_heads(image, image, (head,), by_question=True)
    values = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    softmax = keras.Model(
        image, [model.get_layer(f"head_votes_{q}").output for q in range(3)]
    ).predict_on_batch(values)
    expected = along_tree(head, np.hstack(softmax))
    np.testing.assert_allclose(model.predict_on_batch(values)["votes"], expected, atol=1e-6)
    fixed = [w for w in model.weights if "reached" in w.path]
    assert fixed
    assert not any(w.trainable for w in fixed)


def test_the_challenges_tree_adds_up_in_a_network():
    import keras

    head = vote_head(challenge_taxonomy())
    image = keras.Input((4,), name="image")
    model = with_heads(image, image, (head,), by_question=True)
    values = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    found = model.predict_on_batch(values)["votes"]
    for places, leads in zip(head.questions, head.reached_by, strict=True):
        expected = found[:, list(leads)].sum(axis=1) if leads else np.ones(5)
        np.testing.assert_allclose(found[:, list(places)].sum(axis=1), expected, atol=1e-5)
    assert head.reached_by[7] == (13,)  # what is odd? of those who said that something is


def test_the_votes_likelihood_is_the_reference():
    head = Head(name="votes", kind="votes", outputs=tuple("abcde"), questions=((0, 1), (2, 3, 4)),
                concentrations=True)  # fmt: skip
    alpha = np.array([[2.0, 5.0, 1.0, 30.0, 7.5], [1.5, 1.0, 50.0, 1.0, 3.0]])
    votes = np.array([[3, 37, 10, 20, 10], [8, 2, 0, 0, 0]])
    people = np.array([[40, 40, 40, 40, 40], [10, 10, 0, 0, 0]])
    told = np.hstack([votes / np.maximum(people, 1), people]).astype(np.float32)
    found = np.asarray(dirichlet_multinomial(head)(told, alpha.astype(np.float32)))
    one = reference.logpmf([3, 37], alpha[0, :2], 40) + reference.logpmf(
        [10, 20, 10], alpha[0, 2:], 40
    )
    other = reference.logpmf([8, 2], alpha[1, :2], 10)
    np.testing.assert_allclose(found, [-one / 2, -other / 2], rtol=1e-3)
    unknown = told.copy()
    unknown[1, 7:] = -1
    np.testing.assert_allclose(
        dirichlet_multinomial(head)(unknown, alpha.astype(np.float32))[1], -other / 2, rtol=1e-3
    )


def test_concentrations_become_fractions():
    head = replace(vote_head(taxonomy_of("cumulative")), concentrations=True)
    raw = np.array([[3.0, 1.0, 2.0, 2.0, 10.0, 90.0]], dtype=np.float32)
    np.testing.assert_allclose(
        columns(head, raw)[0], [0.75, 0.25, 0.125, 0.125, 0.1, 0.9], atol=1e-6
    )
    plain = replace(head, reached_by=())
    np.testing.assert_allclose(fractions(plain, raw)[0, 2:4], 0.5)
    assert fractions(replace(head, concentrations=False), raw) is raw


def test_unknown_answers_cost_nothing():
    head = Head(name="votes", kind="votes", outputs=("a", "b"), questions=((0, 1),))
    told = np.array([[0.5, 0.5, 1, 1], [0.0, 0.0, -1, -1]], dtype=np.float32)
    given = np.array([[0.7, 0.3], [0.9, 0.1]], dtype=np.float32)
    np.testing.assert_allclose(squared(told, given), [0.04, 0], atol=1e-7)
    np.testing.assert_allclose(measure_for(head)(told, given), [0.2, 0], atol=1e-7)


def test_galaxy_zoo_2_is_asked_of_those_who_came_there():
    head = vote_head(gz2_taxonomy())
    assert head.reached_by == ()
    assert len(head.outputs) == 37
    assert len(head.questions) == 11


def test_a_network_reads_bytes_as_it_reads_numbers():
    """`predict` hands a network bytes; it was trained on numbers from 0 to 255."""
    from astro_core.classifiers.networks.fork import ForkParams, build_fork
    from astro_core.classifiers.predicting import predict

    head = Head(name="label", kind="classes", outputs=("a", "b", "c"))
    pixels = np.random.default_rng(1).integers(0, 256, (3, 16, 16, 3)).astype(np.uint8)
    model = build_fork((16, 16, 3), (head,), ForkParams(width=4, stages=1))
    expected = model.predict_on_batch(pixels.astype(np.float32))["label"]
    np.testing.assert_array_equal(predict(model, pixels, (head,))["label"], expected)
