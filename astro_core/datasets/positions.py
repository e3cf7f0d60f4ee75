"""Sky positions and splits as tables write them."""

from __future__ import annotations

import numpy as np
import pandas as pd

_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


def split_name(text: str) -> str | None:
    """train, validation or test for what people call them; None for anything else."""
    return _SPLITS.get(text.strip().lower())


def _degrees(values: pd.Series, hours: bool) -> pd.Series:
    """Read decimal degrees, or sexagesimal text (hours for a right ascension)."""
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    texts = values[numbers.isna() & values.notna()].astype(str)
    parts = texts.str.extract(r"^\s*([+-]?)(\d{1,3})[:hd ]\s*(\d{1,2})[:m' ]\s*(\d{1,2}(?:\.\d*)?)")
    size = parts[1].astype(float) + parts[2].astype(float) / 60 + parts[3].astype(float) / 3600
    numbers[texts.index] = size * np.where(parts[0] == "-", -1.0, 1.0) * (15.0 if hours else 1.0)
    return numbers


def read_positions(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Make ra_deg and dec_deg numbers in degrees, NaN where they are unknown or impossible.

    Returns
    -------
    DataFrame
        The frame with both columns.
    list of str
        A note when some positions were impossible.
    """
    out = frame.copy()
    for name in ("ra_deg", "dec_deg"):
        given = out[name] if name in out else pd.Series(np.nan, index=out.index)
        out[name] = _degrees(given, hours=name == "ra_deg")
    known = out["ra_deg"].notna() | out["dec_deg"].notna()
    good = out["ra_deg"].between(0, 360) & out["dec_deg"].between(-90, 90)
    bad = int((known & ~good).sum())
    out.loc[~good, ["ra_deg", "dec_deg"]] = np.nan
    out["ra_deg"] = out["ra_deg"] % 360.0
    return out, [f"{bad:,} sky positions are impossible and were left empty."] if bad else []


def read_splits(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Translate a split column to train, validation and test; others are left empty and noted."""
    if "split" not in frame:
        return frame, []
    given = frame["split"].astype("str")
    names = {text: split_name(text) for text in given.dropna().unique()}
    unknown = [text for text, name in names.items() if name is None]
    known = {text: name for text, name in names.items() if name is not None}
    out = frame.assign(split=given.map(known).astype("str"))
    if not unknown:
        return out, []
    shown = ", ".join(f"'{text}'" for text in sorted(unknown)[:3])
    return out, [f"The split column holds {shown}, which is none of train, validation, test."]
