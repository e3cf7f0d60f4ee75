"""What every way of choosing galaxies promises, whatever it is given."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from astro_core.errors import BadInputError, NotFoundError
from astro_core.labels.acquisition import ACQUISITIONS, NEEDS, NO_LABEL, Pool, choose

N, K, F = 60, 3, 4
ARRAYS = ("probabilities", "members", "features", "covered", "likes", "labels", "learned")


def full_pool(seed=0, n=N):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, K, n)
    likely = np.full((n, K), 0.4)
    likely[np.arange(n), labels] = 4.0
    likely[: n // 6] = np.roll(likely[: n // 6], 1, axis=1)  # the model says something else
    members = np.stack([[rng.dirichlet(row) for row in likely] for _ in range(5)])
    labels[-5:] = NO_LABEL
    return Pool(
        object_ids=tuple(f"G{i * 7 % 1000:04d}" for i in range(n)),
        probabilities=members.mean(axis=0),
        members=members,
        set_threshold=0.2,
        features=rng.normal(size=(n, F)),
        covered=rng.normal(size=(3, F)),
        likes=rng.normal(size=(2, F)),
        labels=labels,
        learned=np.arange(n) % 9 == 0,
    )


@pytest.fixture(params=ACQUISITIONS.names())
def spec(request):
    return ACQUISITIONS.get(request.param)


@pytest.fixture
def pool():
    return full_pool()


def test_those_that_were_promised_are_there():
    promised = (
        "random", "undefined", "margin", "margin_drawn", "entropy", "bald", "set_size", "kcenter",
        "disagreement", "label_errors", "like_this",
    )  # fmt: skip
    assert ACQUISITIONS.names()[: len(promised)] == promised


def test_it_says_what_it_is(spec):
    assert spec.name == spec.name.lower()
    assert spec.label
    assert spec.description.endswith(".")
    assert set(spec.needs) <= set(NEEDS)


def test_an_order_without_repeats(spec, pool):
    found = choose(pool, spec.name, N)
    assert len(set(found.object_ids)) == len(found)
    assert set(found.object_ids) <= set(pool.object_ids)
    assert not found.control.any()
    assert 0 < len(found) <= N
    assert spec.selective or len(found) == N


def test_a_shorter_queue_begins_like_a_longer_one(spec, pool):
    long, short = choose(pool, spec.name, N), choose(pool, spec.name, 5)
    assert short.object_ids == long.object_ids[:5]


def test_more_than_there_are_is_all_there_are(spec, pool):
    assert choose(pool, spec.name, 10 * N).object_ids == choose(pool, spec.name, N).object_ids


def test_the_same_seed_gives_the_same(spec, pool):
    one, other = (choose(pool, spec.name, 20, seed=4, control_share=0.2) for _ in range(2))
    assert one.object_ids == other.object_ids
    np.testing.assert_array_equal(one.control, other.control)


def test_the_order_of_the_pool_does_not_matter(spec, pool):
    turned = pool.rows(np.random.default_rng(9).permutation(N))
    assert choose(turned, spec.name, 20).object_ids == choose(pool, spec.name, 20).object_ids


def test_its_input_is_not_changed(spec, pool):
    before = {name: getattr(pool, name).copy() for name in ARRAYS}
    for name in ARRAYS:
        getattr(pool, name).flags.writeable = False
    choose(pool, spec.name, N, control_share=0.3)
    for name, array in before.items():
        np.testing.assert_array_equal(getattr(pool, name), array)


def test_what_it_needs_is_all_it_needs(spec, pool):
    needed = {name: getattr(pool, name) for name in spec.needs}
    if "likes" in needed:
        needed["covered"] = None
    bare = Pool(object_ids=pool.object_ids, **needed)
    assert len(choose(bare, spec.name, 5))


def test_what_it_lacks_is_named(spec, pool):
    for name in spec.needs:
        gone = {"features": {"covered": None, "likes": None}}.get(name, {}) | {name: None}
        with pytest.raises(BadInputError, match=NEEDS[name]):
            choose(dataclasses.replace(pool, **gone), spec.name, 5)


def test_an_empty_pool_is_refused(spec, pool):
    with pytest.raises(BadInputError, match="no galaxy to choose from"):
        choose(pool.rows(np.arange(0)), spec.name, 5)


def test_a_single_galaxy(spec, pool):
    doubtful = np.flatnonzero(pool.labels != pool.probabilities.argmax(axis=1))
    one = pool.rows(doubtful[pool.labels[doubtful] != NO_LABEL][:1])
    if spec.name == "label_errors":
        with pytest.raises(BadInputError):
            choose(one, spec.name, 5)
        return
    assert set(choose(one, spec.name, 5).object_ids) <= set(one.object_ids)


def test_equal_galaxies_are_drawn_not_taken_in_order(spec):
    if spec.selective:
        pytest.skip("none qualifies")
    same = Pool(
        object_ids=tuple(f"{i:03d}" for i in range(50)),
        probabilities=np.full((50, K), 1 / K),
        members=np.full((2, 50, K), 1 / K),
        set_threshold=0.1,
        features=np.ones((50, F)),
        likes=np.ones((1, F)),
        labels=np.zeros(50, int),
    )
    first = {choose(same, spec.name, 1, seed=seed).object_ids[0] for seed in range(8)}
    assert len(first) > 2


def test_control_galaxies_are_mixed_in_and_drawn_from_all(spec, pool):
    size = 10
    found = choose(pool, spec.name, size, seed=1, control_share=0.3)
    assert found.control.sum() == 3
    assert len(set(found.object_ids)) == len(found)
    kept = [i for i, drawn in zip(found.object_ids, found.control, strict=True) if not drawn]
    order = choose(pool, spec.name, N, seed=1).object_ids
    drawn = set(found.object_ids) - set(kept)
    expected = [i for i in order[:size] if i not in drawn][: size - 3]
    assert kept == expected
    others = {choose(pool, spec.name, size, seed=s, control_share=0.3).object_ids for s in range(4)}
    assert len(others) > 1


@pytest.mark.parametrize("field", ["probabilities", "members", "features", "covered", "likes"])
def test_missing_numbers_are_named(pool, field):
    bad = getattr(pool, field).copy()
    bad[0, 0] = np.nan
    with pytest.raises(BadInputError, match=f"Some {field} are not numbers"):
        dataclasses.replace(pool, **{field: bad})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"probabilities": np.full((N, K), 0.5)}, "no probabilities of exclusive classes"),
        ({"probabilities": np.full((N - 1, K), 1 / K)}, "do not belong to these galaxies"),
        ({"members": np.full((2, N - 1, K), 1 / K)}, "do not belong to these galaxies"),
        ({"labels": np.zeros(3, int)}, "do not belong to these galaxies"),
        ({"likes": np.zeros((1, F + 1))}, "do not belong to these features"),
        ({"object_ids": ("A",) * N}, "in the pool twice"),
    ],
)
def test_what_does_not_belong_together_is_refused(pool, changed, said):
    with pytest.raises(BadInputError, match=said):
        dataclasses.replace(pool, **changed)


def test_what_makes_no_sense_is_refused(pool):
    with pytest.raises(NotFoundError, match="one of random, undefined"):
        choose(pool, "luck", 5)
    with pytest.raises(BadInputError, match="from 1 on"):
        choose(pool, "random", 0)
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(BadInputError, match="no share"):
            choose(pool, "random", 5, control_share=share)


def test_the_example_in_the_docs_works(monkeypatch, pool):
    page = Path(__file__).parents[2] / "docs" / "queue.md"
    listing = re.search(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    monkeypatch.setattr(ACQUISITIONS, "_entries", dict(ACQUISITIONS._entries))
    exec(compile(listing[1], "queue.md", "exec"), {})
    found = choose(pool, "first_class", 3).object_ids
    best = np.argsort(-pool.probabilities[:, 0])[:3]
    assert found == tuple(pool.object_ids[i] for i in best)


def test_the_docs_name_every_way():
    page = (Path(__file__).parents[2] / "docs" / "queue.md").read_text()
    assert all(f"| `{spec.name}` |" in page for spec in ACQUISITIONS)
