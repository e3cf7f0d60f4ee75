"""Mix galaxies whose class is known into a queue, to see how well people do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from astro_core.errors import BadInputError


def mix_gold(
    object_ids: Sequence[str], gold: Sequence[str], share: float, *, seed: int = 0
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Put gold galaxies at drawn places of a queue; the others keep their order.

    Parameters
    ----------
    object_ids : sequence of str
        The queue; gold galaxies among them count as gold.
    gold : sequence of str
        Galaxies whose class is known; those that are used are drawn.
    share : float
        Of the whole queue, from 0 to below 1. Fewer where there are not so many.

    Returns
    -------
    mixed : tuple of str
    used : frozenset of str
        The gold galaxies in it.

    Raises
    ------
    BadInputError
        If the share makes no sense, or gold is asked for and there is none.
    """
    if not 0 <= share < 1:
        raise BadInputError("This is no share of gold", expected="0 to below 1", given=str(share))
    known = sorted(set(gold))
    if share and not known:
        raise BadInputError(
            "There are no gold galaxies to mix in", todo="Name galaxies whose class is known"
        )
    if not share:
        return tuple(object_ids), frozenset()
    rng = np.random.default_rng(seed)
    asked = [i for i in object_ids if i not in set(known)]
    n_gold = min(len(known), round(len(asked) * share / (1 - share)))
    used = [known[i] for i in rng.permutation(len(known))[:n_gold]]
    total = len(asked) + n_gold
    is_gold = np.zeros(total, dtype=bool)
    is_gold[rng.permutation(total)[:n_gold]] = True
    golden, plain = iter(used), iter(asked)
    mixed = tuple(next(golden) if one else next(plain) for one in is_gold)
    return mixed, frozenset(used)
