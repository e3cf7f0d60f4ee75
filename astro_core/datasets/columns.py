"""Which column of somebody's table is the identifier, the file, the label."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ROLES: dict[str, tuple[str, ...]] = {
    "object_id": (
        "objectid", "objid", "id", "name", "object", "objectname", "objname", "galaxyid",
        "galaxy", "dr7objid", "dr8objid", "dr12objid", "sourceid", "source", "specobjid",
        "iauname", "designation", "assetid", "ident", "identifier",
    ),
    "file": (
        "file", "filename", "filepath", "path", "image", "imagefile", "imagename", "imagepath",
        "img", "imgpath", "imgname", "picture", "fileloc", "fname", "stamp", "cutout",
    ),
    "label": (
        "label", "class", "classname", "classlabel", "galaxyclass", "morphology", "morph",
        "morphtype", "morphologicaltype", "hubbletype", "type", "category", "target",
        "classification", "labels", "clase",
    ),
    "group": ("group", "groupid", "groupname", "grp"),
    "split": ("split", "subset", "partition", "datasplit"),
    "ra_deg": ("radeg", "ra", "raj2000", "alphaj2000", "rightascension", "alpha", "rajdeg"),
    "dec_deg": (
        "decdeg", "dec", "decj2000", "dej2000", "deltaj2000", "declination", "de", "delta", "decl",
        "dejdeg",
    ),
}  # fmt: skip
_TEXT_ROLES = ("object_id", "file", "label", "group", "split")
_ID_LIKE = re.compile(r"(?:(?:^|_)(?i:ids?|key)|(?i:objid)|[a-z]ID)$")


def plain(name: str) -> str:
    """Column name in lower case without spaces, dots, dashes and underscores."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Names of the columns that play a role; None where none does."""

    object_id: str | None = None
    file: str | None = None
    label: str | None = None
    group: str | None = None
    split: str | None = None
    ra_deg: str | None = None
    dec_deg: str | None = None

    @property
    def used(self) -> dict[str, str]:
        """Role to column name."""
        return {role: getattr(self, role) for role in ROLES if getattr(self, role) is not None}


def recognise(names: Iterable[str]) -> Columns:
    """Say which column plays which role; the first name of a role's list that is there wins."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(plain(name), name)
    found = {role: [known[n] for n in wanted if n in known] for role, wanted in ROLES.items()}
    return Columns(**{role: columns[0] if columns else None for role, columns in found.items()})


def is_text_column(name: str) -> bool:
    """Whether a column holds names or identifiers, which must never become numbers."""
    short = plain(name)
    return any(short in ROLES[role] for role in _TEXT_ROLES) or bool(_ID_LIKE.search(name))
