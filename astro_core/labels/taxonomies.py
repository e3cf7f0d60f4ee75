"""Classes and questions that people made, kept beside the labels that were given with them.

A version is written once and never changed, so that a label keeps the meaning of the version that
it names.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import Connection, Select, insert, select

from astro_core.domain import Taxonomy, utc_text
from astro_core.labels.store import LabelStore
from astro_core.labels.taxonomy_tables import TAXONOMIES


def key_of(name: str) -> str:
    """What makes two names the same."""
    return name.strip().lower()


def versions_of(store: LabelStore, dataset: str) -> dict[str, tuple[int, ...]]:
    """All that was made for a dataset: versions by the key of the name, the oldest first."""
    t = TAXONOMIES.c
    wanted = select(t.key, t.version).where(t.dataset == dataset).order_by(t.key, t.version)
    found: dict[str, tuple[int, ...]] = {}
    with store.reading() as connection:
        for key, version in connection.execute(wanted):
            found[key] = (*found.get(key, ()), version)
    return found


def read_taxonomy(store: LabelStore, dataset: str, name: str, version: int) -> Taxonomy | None:
    """Return one version; None where there is no such."""
    with store.reading() as connection:
        row = connection.execute(_content(dataset, name, version)).first()
    return None if row is None else Taxonomy.from_json(json.loads(row.content))


def add_taxonomy(store: LabelStore, dataset: str, taxonomy: Taxonomy, *, made_by: str) -> bool:
    """Keep a version, unless there is one of that number; returns whether it was kept."""
    row = {
        "dataset": dataset, "key": key_of(taxonomy.name), "version": taxonomy.version,
        "made_by": made_by, "made_at": utc_text(datetime.now(UTC)),
        "content": json.dumps(taxonomy.to_json(), ensure_ascii=False),
    }  # fmt: skip
    with store.writing() as connection:
        if _is_there(connection, dataset, taxonomy):
            return False
        connection.execute(insert(TAXONOMIES), row)
        return True


def _is_there(connection: Connection, dataset: str, taxonomy: Taxonomy) -> bool:
    wanted = _content(dataset, taxonomy.name, taxonomy.version)
    return connection.execute(wanted).first() is not None


def _content(dataset: str, name: str, version: int) -> Select[tuple[str]]:
    t = TAXONOMIES.c
    return select(t.content).where(
        t.dataset == dataset, t.key == key_of(name), t.version == version
    )
