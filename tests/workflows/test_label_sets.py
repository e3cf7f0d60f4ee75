"""Labels of made classes leave and come back; plain tables are read in the newest classes."""

from dataclasses import replace

import pytest

from astro_core.domain import GalaxyClass, Person, Taxonomy, plain_taxonomy
from astro_core.errors import BadInputError
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows.label_export import export_labels
from astro_core.workflows.label_import import import_labels
from astro_core.workflows.review import answer
from astro_core.workflows.taxonomies import NEW, review_taxonomy, save_taxonomy
from astro_core.workspace import Workspace

LEAD = Person(name="lead")
IDS = ("587722981733826738", "587722981733826739")


@pytest.fixture(autouse=True)
def own_database(monkeypatch):
    monkeypatch.delenv("TUNINGFORK_DATABASE", raising=False)


@pytest.fixture
def bars(survey_space, survey):
    made = replace(plain_taxonomy("Bars", ("bar", "no bar")), version=NEW)
    return save_taxonomy(survey_space, survey, made, by=LEAD)


@pytest.fixture
def say(survey_space, survey):
    def say(taxonomy, name):
        answer(survey_space, survey, "", LEAD, IDS[:1], taxonomy=taxonomy, class_name=name)

    return say


def emptied(space, survey, sets, tmp_path):
    """Another workspace with the same classes and without labels."""
    other = Workspace(tmp_path / "other").ensure()
    for taxonomy in sets:
        save_taxonomy(other, survey, replace(taxonomy, version=taxonomy.version - 1), by=LEAD)
    return other


@pytest.mark.parametrize("suffix", [".vot", ".csv"])
def test_labels_in_made_classes_come_back_unchanged(
    survey_space, survey, bars, say, tmp_path, suffix
):
    own = review_taxonomy(survey_space, survey)
    more = replace(own, classes=(*own.classes, GalaxyClass(name="jellyfish")))
    newer = save_taxonomy(survey_space, survey, more, by=LEAD)
    say(bars, "no bar")
    say(newer, "jellyfish")
    export_labels(survey_space, survey, tmp_path / f"labels{suffix}")
    key, there = dataset_key(survey), emptied(survey_space, survey, (bars, newer), tmp_path)
    import_labels(there, survey, tmp_path / f"labels{suffix}", by=LEAD)
    assert list(open_store(there).events(key)) == list(open_store(survey_space).events(key))


def test_classes_that_are_not_here_are_refused(survey_space, survey, bars, say, tmp_path):
    say(bars, "no bar")
    export_labels(survey_space, survey, tmp_path / "labels.csv")
    elsewhere = Workspace(tmp_path / "elsewhere").ensure()
    with pytest.raises(BadInputError, match=r"'no bar' \(1 rows\)"):
        import_labels(elsewhere, survey, tmp_path / "labels.csv", by=LEAD)


def test_a_plain_table_is_read_in_the_newest_classes(survey_space, survey, tmp_path):
    bare = replace(survey, taxonomy=Taxonomy(name="bare"))
    made = plain_taxonomy("bare", ("Jellyfish",))
    save_taxonomy(survey_space, bare, made, by=LEAD)
    path = tmp_path / "labels.csv"
    path.write_text(f"object_id,label,reviewer\n{IDS[0]},jellyfish,Ada\n")
    import_labels(survey_space, bare, path, by=LEAD)
    (event,) = open_store(survey_space).events(dataset_key(bare))
    assert (event.class_name, event.taxonomy, event.taxonomy_version) == ("Jellyfish", "bare", 2)
