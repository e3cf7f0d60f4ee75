import numpy as np
import pandas as pd
import pytest

from astro_core.datasets.demo.consensus import (
    DEMO_CLASSES,
    consensus,
    demo_taxonomy,
    gz2_class,
    readable,
)
from astro_core.datasets.demo.panel import N_VOLUNTEERS, clarity, draw_panel, tally, vote
from astro_core.datasets.demo.population import MIX, draw_galaxy
from astro_core.datasets.demo.truth import expert_answers
from astro_core.datasets.gz2 import GZ2_QUESTIONS, parse_gz2_class

CLEAR, BLURRED = 6.0, -6.0
SMOOTH = {"elliptical_round", "elliptical_intermediate", "elliptical_cigar"}
RIGHT = {
    "elliptical": SMOOTH,
    "spiral": {"spiral"},
    "barred_spiral": {"spiral_barred"},
    "lenticular": {"lenticular", "edge_on", *SMOOTH},  # smooth ones pass for ellipticals
    "edge_on_bulge": {"edge_on"},
    "edge_on_no_bulge": {"edge_on"},
    "ring": {"ring"},
    "merger": {"merger"},
    "disturbed": {"disturbed", "merger"},
    "star": {"star_or_artefact"},
}


def said_of(kind, clear, n=40):
    panel = draw_panel(0)
    rng = np.random.default_rng(list(MIX).index(kind))
    rows = []
    for _ in range(n):
        galaxy = draw_galaxy(rng, kind)
        rows.append(consensus(vote(galaxy, clear, panel, rng)))
    return pd.DataFrame(rows)


@pytest.mark.parametrize("kind", list(MIX))
def test_votes_on_clear_images_agree_with_the_truth(kind):
    said = said_of(kind, CLEAR)
    assert said["label"].isin(RIGHT[kind]).mean() > 0.85


def test_votes_on_blurred_images_hardly_depend_on_the_truth():
    spirals, ellipticals = said_of("spiral", BLURRED), said_of("elliptical", BLURRED)
    for said in (spirals, ellipticals):
        assert said["label"].str.startswith("elliptical").mean() > 0.8
        assert said["panel_agreement"].mean() < 0.5
    column = "t01_smooth_or_features_a01_smooth_fraction"
    assert abs(spirals[column].mean() - ellipticals[column].mean()) < 0.1


def test_agreement_falls_with_clarity():
    agreement = [said_of("spiral", c)["panel_agreement"].mean() for c in (6.0, 1.0, -2.0)]
    assert agreement[0] > agreement[1] > agreement[2]


def test_clarity_grows_with_size_and_signal():
    assert clarity(100, 6, 1.3) > clarity(30, 6, 1.3) > clarity(30, 2, 1.3) > clarity(8, 1, 1.3)


@pytest.mark.parametrize("kind", ["spiral", "elliptical", "merger", "star"])
def test_fractions_sum_to_one_where_somebody_was_asked(kind):
    said = said_of(kind, 0.0, 12)
    for question in GZ2_QUESTIONS:
        stems = [a.column.removesuffix("_debiased") for a in question.answers]
        counts = said[[f"{s}_count" for s in stems]].sum(axis=1)
        fractions = said[[f"{s}_fraction" for s in stems]]
        sums = fractions.sum(axis=1, min_count=1)
        asked = counts > 0
        assert np.allclose(sums[asked], 1.0)
        assert fractions[~asked].isna().all(axis=None)


def test_only_those_are_asked_who_came_to_the_question():
    panel = draw_panel(3)
    rng = np.random.default_rng(3)
    for kind in MIX:
        counts = tally(vote(draw_galaxy(rng, kind), 1.0, panel, rng))
        total = {name: int(votes.sum()) for name, votes in counts.items()}
        assert total["t01_smooth_or_features"] == N_VOLUNTEERS
        leads: dict[str, int] = {}
        for question in GZ2_QUESTIONS:
            for answer, count in zip(question.answers, counts[question.name], strict=True):
                if answer.next_question:
                    leads[answer.next_question] = leads.get(answer.next_question, 0) + int(count)
        for name, count in leads.items():
            assert total[name] == count


def test_expert_answers_are_probabilities_for_every_kind():
    rng = np.random.default_rng(0)
    for kind in MIX:
        for name, chances in expert_answers(draw_galaxy(rng, kind)).items():
            question = next(q for q in GZ2_QUESTIONS if q.name == name)
            assert chances.shape == (len(question.answers),)
            assert chances.min() >= 0
            assert chances.sum() == pytest.approx(1.0)


def test_class_strings_follow_the_code_and_name_a_class():
    names = {c.name for c in DEMO_CLASSES}
    for kind in MIX:
        for clear in (CLEAR, 0.0, BLURRED):
            said = said_of(kind, clear, 8)
            for code in said["gz2_class"]:
                parse_gz2_class(code)
                assert readable(code) in names


def test_a_class_string_from_known_votes():
    counts = {q.name: np.zeros(len(q.answers), dtype=np.int64) for q in GZ2_QUESTIONS}
    for name, index in (
        ("t01_smooth_or_features", 1),
        ("t02_edgeon", 1),
        ("t03_bar", 0),
        ("t04_spiral", 0),
        ("t05_bulge_prominence", 1),
        ("t06_odd", 0),
        ("t08_odd_feature", 0),
        ("t10_arms_winding", 1),
        ("t11_arms_number", 1),
    ):
        counts[name][index] = 40
    assert gz2_class(counts) == "SBc2m(r)"
    assert readable("SBc2m(r)") == "ring"
    assert readable("SBc2m") == "spiral_barred"
    assert readable("Seb") == "edge_on"


def test_the_taxonomy_names_the_columns_that_the_panel_fills():
    said = said_of("spiral", CLEAR, 1)
    assert set(demo_taxonomy().vote_columns) <= set(said.columns)
    assert len(demo_taxonomy().vote_columns) == 37
