"""Packages that only some people need: what needs them says how to get them."""

from __future__ import annotations

from importlib.util import find_spec

from astro_core.errors import BadInputError


def need_extra(extra: str, package: str, what: str) -> None:
    """Refuse where a package of an optional extra is not installed; it is not imported.

    Parameters
    ----------
    extra : str
        Its name in ``pyproject.toml``.
    package : str
        What is imported.
    what : str
        What needs it: the beginning of a sentence.

    Raises
    ------
    BadInputError
        If it is not there; the message says how to install it.
    """
    if find_spec(package) is None:
        raise BadInputError(
            f"{what} needs the package {package}, which is not installed",
            todo=f"In the folder of Tuning Fork, run: .venv/bin/pip install -e '.[{extra}]'",
        )
