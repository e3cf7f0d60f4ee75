"""Machine code from plain Python functions; importing this module loads numba (0.3 s)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def compiled(function: FunctionT) -> FunctionT:
    """Compile on first use, free of the interpreter's lock, and keep the code on disk.

    Where no folder can be written for that, every process compiles for itself.
    """
    try:
        return cast("FunctionT", njit(nogil=True, cache=True, error_model="numpy")(function))
    except RuntimeError:
        return cast("FunctionT", njit(nogil=True, error_model="numpy")(function))
