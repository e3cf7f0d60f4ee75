from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from astro_core.domain import plain_taxonomy
from astro_core.labels.database import sqlite_url
from astro_core.labels.store import LabelStore
from astro_core.labels.taxonomies import add_taxonomy, read_taxonomy, versions_of
from astro_core.labels.taxonomy_tables import TAXONOMIES
from astro_core.labels.trouble import LabelStoreError

BARS = plain_taxonomy("Bars", ("bar", "no bar — 棒"))


def test_a_version_is_kept_once_and_comes_back_as_it_was(store):
    assert add_taxonomy(store, "sky", BARS, made_by="ada")
    other = replace(BARS, classes=BARS.classes[:1])
    assert not add_taxonomy(store, "sky", other, made_by="bo"), "somebody was first"
    assert add_taxonomy(store, "sky", replace(other, version=2), made_by="bo")
    assert read_taxonomy(store, "sky", "bars", 1) == BARS
    assert read_taxonomy(store, "sky", "bars", 3) is None
    assert versions_of(store, "sky") == {"bars": (1, 2)}
    assert versions_of(store, "another sky") == {}


@pytest.mark.parametrize("change", [update(TAXONOMIES).values(content="{}"), delete(TAXONOMIES)])
def test_what_labels_mean_is_never_changed(store, change):
    add_taxonomy(store, "sky", BARS, made_by="ada")
    with pytest.raises(LabelStoreError, match="never changed"), store.writing() as connection:
        connection.execute(change)
    assert read_taxonomy(store, "sky", "Bars", 1) == BARS


def test_a_backup_gives_back_the_classes_that_are_not_there(store, tmp_path):
    add_taxonomy(store, "sky", BARS, made_by="ada")
    store.backup(tmp_path / "labels.sqlite")
    new = LabelStore(sqlite_url(tmp_path / "new.sqlite"))
    tails = plain_taxonomy("Tails", ("tail",))
    add_taxonomy(new, "sky", tails, made_by="bo")
    for _ in range(2):
        new.restore(tmp_path / "labels.sqlite")
        assert versions_of(new, "sky") == {"bars": (1,), "tails": (1,)}
    assert read_taxonomy(new, "sky", "Bars", 1) == BARS
    new.close()
