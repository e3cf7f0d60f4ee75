"""The table of classes and questions that people made, as this version of the program knows it."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from astro_core.labels.tables import METADATA

TAXONOMIES = Table(
    "taxonomies",
    METADATA,
    Column("dataset", String, primary_key=True),
    Column("key", String, primary_key=True),  # the name in small letters
    Column("version", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Text, nullable=False) for name in ("made_by", "made_at", "content")),
)
