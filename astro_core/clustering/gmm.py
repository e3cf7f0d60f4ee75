"""Gaussian mixture: elongated, overlapping groups, with a probability for each."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.groups import by_size
from astro_core.clustering.registry import CLUSTERERS, ClustererSpec, Grouping
from astro_core.domain import Progress
from astro_core.errors import BadInputError
from astro_core.params import param

COVARIANCES = ("full", "tied", "diag", "spherical")
STEP = 25


@dataclass(frozen=True, kw_only=True)
class GaussianMixtureParams:
    """Settings of a Gaussian mixture."""

    n_clusters: int = param(
        12, label="Clusters", minimum=2, maximum=200, help="Number of Gaussians to mix."
    )
    covariance: str = param(
        "full",
        label="Covariance",
        choices=COVARIANCES,
        help="full: any ellipsoid for each group; tied: one for all; diag: along the axes; "
        "spherical: round. The first needs the most galaxies.",
    )
    reg_covar: float = param(
        1e-4,
        label="Regularisation",
        minimum=0.0,
        maximum=10.0,
        help="Added to every variance, as a share of the mean variance of the features; keeps a "
        "Gaussian from collapsing onto a few galaxies.",
    )
    n_init: int = param(
        1, label="Starts", minimum=1, maximum=50, help="The most likely of so many is kept."
    )
    max_iter: int = param(
        200, label="Iterations", minimum=1, maximum=10_000, help="At most so many per start."
    )
    seed: int = param(0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same groups.")


def n_free(params: GaussianMixtureParams, n_features: int) -> int:
    """Free parameters of the mixture, which BIC and AIC count."""
    k, f = params.n_clusters, n_features
    shape = {"full": k * f * (f + 1) // 2, "tied": f * (f + 1) // 2, "diag": k * f, "spherical": k}
    return shape[params.covariance] + k * f + k - 1


def full_covariances(covariances: NDArray[Any], kind: str, k: int, f: int) -> NDArray[np.float64]:
    """Write the covariances of any kind out as matrices, shape (k, f, f)."""
    covariances = np.asarray(covariances, dtype=np.float64)
    if kind == "full":
        return covariances
    if kind == "tied":
        return np.broadcast_to(covariances, (k, f, f))
    variances = covariances if kind == "diag" else np.repeat(covariances[:, np.newaxis], f, axis=1)
    matrices: NDArray[np.float64] = np.eye(f) * variances[:, np.newaxis, :]
    return matrices


def _run_start(
    values: NDArray[np.float32], params: GaussianMixtureParams, random: Any, progress: Progress
) -> Any:
    """Improve one start a few steps at a time, so that a person can stop between them."""
    from sklearn.mixture import GaussianMixture

    model = GaussianMixture(
        params.n_clusters,
        covariance_type=params.covariance,
        reg_covar=params.reg_covar * float(values.var(axis=0, dtype=np.float64).mean()),
        random_state=random,
        warm_start=True,
    )
    done = 0
    while done < params.max_iter:
        progress(done, params.max_iter, "Fitting Gaussians")
        model.set_params(max_iter=min(STEP, params.max_iter - done)).fit(values)
        done += model.n_iter_
        if model.converged_:
            break
    return model


def _most_likely(
    values: NDArray[np.float32], params: GaussianMixtureParams, progress: Progress
) -> Any:
    from sklearn.exceptions import ConvergenceWarning

    random = np.random.RandomState(params.seed)
    best = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(params.n_init):
            model = _run_start(values, params, random, progress)
            if best is None or model.lower_bound_ > best.lower_bound_:
                best = model
    return best


def _fitted(values: NDArray[np.float32], params: GaussianMixtureParams, progress: Progress) -> Any:
    """Fit, or say in a sentence why that cannot be done.

    scikit-learn raises ValueError for a covariance that is not positive definite.
    """
    try:
        return _most_likely(values, params, progress)
    except (ValueError, np.linalg.LinAlgError):
        raise BadInputError(
            "A Gaussian collapsed: its galaxies do not fill all directions of the features",
            expected="more galaxies in each group than features, or round groups",
            given=f"{len(values):,} galaxies, {values.shape[1]} features, {params.n_clusters} "
            f"groups, {params.covariance} covariance, regularisation {params.reg_covar:g}",
            todo="Raise Regularisation, choose diag or spherical, or ask for fewer groups",
        ) from None


def _notes(
    labels: NDArray[np.intp], n_features: int, params: GaussianMixtureParams, model: Any
) -> tuple[str, ...]:
    n = len(labels)
    notes: tuple[str, ...] = ()
    empty = params.n_clusters - len(np.unique(labels))
    if empty:
        notes += (f"{empty} of {params.n_clusters} Gaussians hold no galaxy: ask for fewer.",)
    free = n_free(params, n_features)
    if free > n:
        note = (
            f"The mixture has {free:,} free parameters for {n:,} galaxies: it may follow single "
            "galaxies. Diag or fewer features describe more safely."
        )
        notes += (note,)
    if not model.converged_:
        notes += ("The Gaussians still changed after the last iteration: raise Iterations.",)
    return notes


def fit(values: NDArray[np.float32], params: GaussianMixtureParams, progress: Progress) -> Grouping:
    """Group by the most probable Gaussian.

    Returns
    -------
    Grouping
        With ``means`` (k, f), ``covariances`` (k, f, f) whatever their kind, ``weights`` (k,),
        ``probabilities`` (n, k), and ``bic`` and ``aic``: lower is better (Schwarz 1978, Annals
        of Statistics 6, 461; Akaike 1974, IEEE Trans. Automatic Control 19, 716).

    Raises
    ------
    BadInputError
        If a covariance is singular.
    """
    middle = values.mean(axis=0, dtype=np.float64)
    values = values - middle.astype(values.dtype)  # far from 0 the variances would lose digits
    model = _fitted(values, params, progress)
    probabilities = model.predict_proba(values)
    n, n_features = values.shape
    labels, order = by_size(probabilities.argmax(axis=1), params.n_clusters)
    probabilities = probabilities[:, order]
    badness = -2 * float(model.score_samples(values).sum(dtype=np.float64))
    free = n_free(params, n_features)
    covariances = full_covariances(
        model.covariances_, params.covariance, params.n_clusters, n_features
    )
    progress(1, 1, "Done")
    return Grouping(
        labels=labels,
        n_clusters=params.n_clusters,
        strengths=probabilities.max(axis=1),
        details={
            "means": middle + model.means_[order],
            "covariances": covariances[order],
            "weights": model.weights_[order],
            "probabilities": probabilities,
            "bic": np.array(badness + free * np.log(n)),
            "aic": np.array(badness + 2 * free),
        },
        notes=_notes(labels, n_features, params, model),
    )


CLUSTERERS.add(
    ClustererSpec(
        name="gmm",
        label="Gaussian mixture",
        description="Elongated groups that may overlap, with a probability for each of them.",
        params=GaussianMixtureParams,
        fit=fit,
        uses_clusters=True,
        strength_meaning="The probability that the galaxy belongs to its group.",
        reference="Dempster, Laird & Rubin 1977, J. R. Stat. Soc. B 39, 1",
    )
)
