"""Numbers and names as text that a person reads."""

from __future__ import annotations

_MARKDOWN = "\\`*_{}[]<>#|~$:"


def plain(text: str) -> str:
    """Text in which Streamlit takes nothing for Markdown; for everything from files and people."""
    return "".join(f"\\{c}" if c in _MARKDOWN else c for c in text)


def rate(value: float) -> str:
    """A rate to two digits."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def duration(seconds: float) -> str:
    """A time span rounded to what it means: 8 s, 2 min 10 s, 3 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def disk(n_bytes: int) -> str:
    """Disk space: 640 kB, 12.3 MB, 1.40 GB."""
    if n_bytes < 1_000_000:
        return f"{n_bytes / 1e3:.0f} kB"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.2f} GB"


def ordinal(n: int) -> str:
    """A place in a row: 1st, 2nd, 3rd, 4th, 11th."""
    teens = n % 100 in (11, 12, 13)
    return str(n) + ("th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th"))


def objects(n: int) -> str:
    """A number of objects."""
    return f"{n:,} object" if n == 1 else f"{n:,} objects"


def readable(class_name: str) -> str:
    """A class name for a person: "spiral_barred" is read as "spiral barred"."""
    return class_name.replace("_", " ")
