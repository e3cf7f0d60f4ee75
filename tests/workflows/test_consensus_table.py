"""What people say beside the catalogue, galaxy by galaxy, and in files."""

import pandas as pd
import pytest
from astropy.table import Table

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import LabelEvent, Taxonomy
from astro_core.errors import NotFoundError
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows.consensus_table import (
    ALL,
    CONFLICT,
    GIVEN,
    OTHER,
    UNANSWERED,
    compare,
    write_galaxies,
)
from astro_core.workflows.labels import find_truth, votes_for

FIRST = 587722981733826738


def name(i):
    return str(FIRST + i)


@pytest.fixture
def say(survey_space, survey):
    """Stores who said what of which galaxy: (number, reviewer, class) or with a question."""

    def said(*rows, question="", taxonomy=""):
        open_store(survey_space).append(
            LabelEvent(
                dataset=dataset_key(survey), object_id=name(i), reviewer=who, taxonomy=taxonomy,
                action="label" if words else "skip",
                **({"question": question, "answer": words} if question else {"class_name": words}),
            )
            for i, who, words in rows
        )  # fmt: skip

    return said


@pytest.fixture
def compared(survey_space, survey):
    def made(question="", taxonomy=None):
        taxonomy = taxonomy or survey.taxonomy
        truth = find_truth(survey_space, survey, question=question, taxonomy=taxonomy)
        votes = votes_for(survey_space, survey, question, taxonomy=taxonomy)
        return compare(survey, truth, votes.answers, taxonomy)

    return made


def test_people_and_the_catalogue_are_counted_on_the_same_galaxies(say, compared):
    # in the catalogue: 0 elliptical, 1 and 2 spiral, 4 nothing, 6 merger
    say(
        (0, "ana", "elliptical"), (1, "ana", "merger"), (2, "ana", "spiral"), (4, "ana", "ring"),
        (6, "ana", "ring"), (6, "bo", "merger"), (8, "ana", ""),
    )  # fmt: skip
    found = compared()
    assert found.answers == ("elliptical", "spiral", "merger", "ring")
    assert list(found.counts("label").values()) == [1, 1, 1, 1]
    assert list(found.counts("catalogue").values()) == [1, 2, 0, 0]  # of the labelled ones
    assert (len(found.named), len(found.both), found.n_other) == (4, 3, 1)
    assert found.confusion.tolist() == [[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert found.cell("spiral", "merger") == (name(1),)
    assert found.galaxies(OTHER) == (name(1),)
    assert found.galaxies(CONFLICT) == (name(6),)
    assert found.galaxies(UNANSWERED) == (name(8),)
    assert found.galaxies(f"{GIVEN}ring") == (name(4),)
    assert len(found.galaxies(ALL)) == 4


def test_what_people_agree_on_least_comes_first(say, compared):
    say(
        (1, "ana", "spiral"), (2, "ana", "spiral"), (2, "bo", "spiral"), (2, "cy", "merger"),
        (0, "ana", "spiral"), (0, "bo", "spiral"), (0, "cy", "spiral"), (0, "di", "ring"),
    )  # fmt: skip
    assert compared().galaxies(ALL) == (name(2), name(0), name(1))


def test_the_catalogue_answers_a_question_with_its_most_votes(say, compared, survey):
    question = survey.taxonomy.questions[0]
    votes = read_catalogue(survey).set_index("object_id")
    columns = [answer.column for answer in question.answers]
    most = question.answers[int(votes.loc[name(3), columns].to_numpy(dtype=float).argmax())]
    say((3, "ana", most.name), (30, "ana", most.name), question=question.name)
    found = compared(question.name).objects.set_index("object_id")["catalogue"]
    assert found[name(3)] == most.name
    assert found[name(30)] is None  # nobody voted on it


def test_other_classes_meet_the_catalogue_where_they_share_a_name(say, compared):
    say((1, "ana", "spiral"), (0, "ana", "smooth"), taxonomy="mine")
    found = compared(taxonomy=Taxonomy(name="mine"))
    assert found.objects["catalogue"].tolist() == [None, "spiral"]
    assert found.n_other == 0


@pytest.mark.parametrize("kind", ["csv", "ecsv", "votable", "fits", "parquet"])
def test_one_row_per_galaxy_is_written(say, compared, survey_space, survey, tmp_path, kind):
    say((0, "ana", "elliptical"), (1, "ana", "spiral"), (1, "bo", "merger"), (2, "ana", "ring"))
    path = tmp_path / f"labels.{kind}"
    votes = votes_for(survey_space, survey)
    write_galaxies(compared(), votes, kind, path, hidden=frozenset({name(2)}))
    if kind == "parquet":
        table = pd.read_parquet(path)
    else:
        formats = {"csv": "ascii.csv", "ecsv": "ascii.ecsv"}
        read = Table.read(path, format=formats.get(kind, kind))
        read.convert_bytestring_to_unicode()
        table = read.to_pandas()
    assert [str(i) for i in table["object_id"]] == [name(0), name(1)]
    assert table["votes_spiral"].tolist() == [0, 1]
    assert table["votes_merger"].tolist() == [0, 1]
    assert list(table["status"]) == ["agreed", "conflict"]
    assert list(table["catalogue"]) == ["elliptical", "spiral"]


def test_an_unknown_format_is_named(say, compared, survey_space, survey, tmp_path):
    say((0, "ana", "elliptical"))
    with pytest.raises(NotFoundError, match="docx"):
        write_galaxies(compared(), votes_for(survey_space, survey), "docx", tmp_path / "x")
