"""Which features and which method give groups that agree with the classes people gave.

    python benchmarks/study_groups.py galaxyzoo1 --out /tmp/study

takes a dataset of the workspace (``TUNINGFORK_WORKSPACE``), computes what features are missing,
groups them by every method for several seeds, and writes ``study.csv``, a row per fit, and
``study.md``, means and spreads. A seed draws 80 % of the galaxies and is the method's own seed as
well: methods that use no chance spread too, by the galaxies they saw.

Classes that are mirror images of each other are one class here, since no up means no handedness
to most features, and "uncertain" is left out: nobody said what those are. The columns that end in
"_as_is" are without either.
"""

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from astro_core.clustering import CLUSTERERS, agreement, cluster, validity
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Features
from astro_core.errors import BadInputError
from astro_core.features.orientation import orientations
from astro_core.runs import stop_engine, wait
from astro_core.workflows.feature_store import describe_features, open_features, open_model
from astro_core.workflows.features import find_features, plan_features, submit_features
from astro_core.workflows.stack import stamps
from astro_core.workspace import current

SHARE = 0.8
SHUFFLES = 20
BINS_OF_ANGLE = 6
ANGLE_PX = 64
MEASURES = ("ari", "ami", "nmi", "purity")
HEAD = (
    *("features", "method", "groups", "ARI", "AMI", "NMI", "purity", "by chance", "largest class"),
    *("noise", "silhouette", "angle", "n", "s"),
)
TURNED = {"normalise_orientation": True}


@dataclass(frozen=True)
class Part:
    """Some columns of one extractor; `weighted` gives components their own spread back."""

    extractor: str
    params: dict
    columns: int | None = None
    weighted: bool = False


IMAGE, TURNED_IMAGE = Part("pca", {}), Part("pca", TURNED)
SHAPE, COLOUR = Part("morphology", {}), Part("colours", {})
FEATURE_SETS = {
    "75 components": (IMAGE,),
    "75 components, turned": (TURNED_IMAGE,),
    "75 components by variance": (replace(IMAGE, weighted=True),),
    "75 components by variance, turned": (replace(TURNED_IMAGE, weighted=True),),
    "10 components": (replace(IMAGE, columns=10),),
    "10 components, turned": (replace(TURNED_IMAGE, columns=10),),
    "shape": (SHAPE,),
    "colours": (COLOUR,),
    "shape + colours": (SHAPE, COLOUR),
    "10 components, turned + shape + colours": (replace(TURNED_IMAGE, columns=10), SHAPE, COLOUR),
}
FITTED = Part("pca", {**TURNED, "n_components": 20})
FURTHER = {
    **{f"{n} components, turned": (replace(TURNED_IMAGE, columns=n),) for n in (3, 5, 7, 15, 40)},
    "20 components of their own fit, turned": (FITTED,),
}


def ready(workspace, dataset, part, sample):
    """Return the key of stored features, having them computed first where they are missing."""
    drawn = sample if part.extractor == "morphology" else None
    plan = plan_features(dataset, part.extractor, part.params, sample=drawn, seed=0)
    if find_features(workspace, plan) is None:
        run = submit_features(workspace, dataset.name, part.extractor, part.params, sample=drawn)
        print(f"Computing {plan.spec.label.lower()} {part.params or ''}", flush=True)
        wait(workspace, run.run_id)
    return plan.key


def columns_of(workspace, key, part):
    """Return some features as a table by object id."""
    features = open_features(workspace, key)
    vectors = np.asarray(features.values)
    weight = open_model(workspace, key)["score_scale"].astype(np.float32) if part.weighted else 1
    table = pd.DataFrame(vectors * weight, list(features.object_ids), list(features.names))
    return table.iloc[:, : part.columns]


def assembled(workspace, keys, name):
    """Join the parts of a feature set by object id."""
    tables = [
        columns_of(workspace, keys[str(part)], part) for part in (FEATURE_SETS | FURTHER)[name]
    ]
    joined = pd.concat(tables, axis=1, join="inner")
    return joined[np.isfinite(joined).all(axis=1)]


def as_features(table):
    return Features(
        object_ids=tuple(table.index),
        values=table.to_numpy(dtype=np.float32),
        names=tuple(map(str, table.columns)),
    )


def settings(method, n_clusters, seed):
    """Return the method's defaults with a number of groups: a map's cells are its groups."""
    if method == "som":
        rows = max(
            r for r in range(1, n_clusters + 1) if n_clusters % r == 0 and r * r <= n_clusters
        )
        return {"rows": rows, "columns": n_clusters // rows, "seed": seed}
    if CLUSTERERS.get(method).uses_clusters:
        return {"n_clusters": n_clusters, "seed": seed}
    return {"seed": seed}


def merged_classes(dataset, classes):
    """Make mirrored classes one, and leave out "uncertain"."""
    pairs = {tuple(sorted(pair)) for pair in dataset.taxonomy.mirror.items()}
    same = {name: f"{a} or {b}" for a, b in pairs for name in (a, b) if a != b}
    return classes.map(lambda name: None if name == "uncertain" else same.get(name, name))


def chance_purity(labels, classes, seed):
    """Purity of the same group sizes with the classes dealt out at random."""
    rng = np.random.default_rng(seed)
    groups, codes = (pd.factorize(given)[0] for given in (labels, classes))
    counts = np.zeros((SHUFFLES, groups.max() + 1, codes.max() + 1))
    for table in counts:
        np.add.at(table, (groups, rng.permutation(codes)), 1)
    return float(counts.max(axis=2).sum() / counts.sum())


def along_angle(labels, angles, classes):
    """How much the groups of edge-on galaxies tell of the way these lie (AMI); 0 is nothing."""
    which = (classes == "edge_on") & np.isfinite(angles)
    if which.sum() < 50:
        return np.nan
    bins = np.floor((angles[which] % 180.0) / 180.0 * BINS_OF_ANGLE).astype(int)
    return agreement(labels[which], bins.astype(str))["ami"]


def one_fit(table, method, n_clusters, seed, truth):
    """Group a subsample and compare it with the classes."""
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(len(table), round(SHARE * len(table)), replace=False))
    features = as_features(table.iloc[rows])
    began = time.perf_counter()
    result = cluster(features, method, settings(method, n_clusters, seed))
    seconds = time.perf_counter() - began
    known = truth.loc[list(result.object_ids)]
    merged = known["merged"].to_numpy(dtype=object)
    found = agreement(result.labels, merged)
    as_is = agreement(result.labels, known["label"].to_numpy(dtype=object))
    kept = np.array([name is not None for name in merged])
    shares = pd.Series(merged[kept]).value_counts(normalize=True)
    return {
        **{name: found[name] for name in MEASURES},
        **{f"{name}_as_is": as_is[name] for name in MEASURES},
        "majority": shares.iloc[0],
        "purity_by_chance": chance_purity(result.labels[kept], merged[kept], seed),
        "silhouette": validity(features.values, result.labels, seed=seed, sample=2000)[
            "silhouette"
        ],
        "angle": along_angle(result.labels, known["angle"].to_numpy(), merged),
        "groups": result.n_clusters,
        "noise": result.n_noise / len(result.labels),
        "n": len(result.labels),
        "seconds": seconds,
    }


def truth_of(workspace, dataset):
    """Return class, merged class and orientation of every galaxy, by object id."""
    table = read_catalogue(dataset, ["object_id", "label"]).set_index("object_id")
    table["merged"] = merged_classes(dataset, table["label"]).astype(object)
    table["merged"] = table["merged"].where(table["merged"].notna(), None)
    images, ok = stamps(
        workspace,
        dataset,
        replace(dataset.recipe, crop_px=174, size_px=ANGLE_PX),
        list(table.index),
    )
    table["angle"] = np.where(ok, orientations(images), np.nan)
    return table


def study(workspace, dataset, asked):
    """Fit everything that was asked for; rows of the table."""
    wanted = asked.features or list(FEATURE_SETS)
    parts = {str(part): part for name in wanted for part in (FEATURE_SETS | FURTHER)[name]}
    keys = {text: ready(workspace, dataset, part, asked.sample) for text, part in parts.items()}
    for key in dict.fromkeys(keys.values()):
        print(describe_features(workspace, key).summary)
    truth = truth_of(workspace, dataset)
    tables = {name: assembled(workspace, keys, name) for name in wanted}
    if asked.same:
        shared = set.intersection(*(set(table.index) for table in tables.values()))
        tables = {name: table[table.index.isin(shared)] for name, table in tables.items()}
    for name, table in tables.items():
        for method in asked.methods or CLUSTERERS.names():
            fixed = not CLUSTERERS.get(method).uses_clusters and method != "som"
            for n_clusters in asked.clusters[:1] if fixed else asked.clusters:
                for seed in range(asked.seeds):
                    label = {"features": name, "method": method, "asked": n_clusters, "seed": seed}
                    try:
                        yield label | one_fit(table, method, n_clusters, seed, truth)
                    except BadInputError as error:
                        yield label | {"n": np.nan, "failed": str(error)}
                print(name, "|", method, n_clusters, flush=True)


def mean_and_spread(values):
    return f"{values.mean():.2f} ± {values.std(ddof=1):.2f}"


def report(table):
    """One line for each feature set, method and number of groups, as markdown."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    for (name, method, asked), rows in table.groupby(["features", "method", "asked"], sort=False):
        fits = rows[rows["n"].notna()]
        if fits.empty:
            lines.append(f"| {name} | {method} | none found |" + " - |" * (len(HEAD) - 3))
            continue
        mean = fits.mean(numeric_only=True)
        groups = f"{asked}" if mean["groups"] == asked else f"{mean['groups']:.0f} found"
        groups += "" if len(fits) == len(rows) else f" in {len(fits)} of {len(rows)} fits"
        cells = [name, method, groups, *(mean_and_spread(fits[measure]) for measure in MEASURES)]
        cells += [f"{mean[column]:.2f}" for column in ("purity_by_chance", "majority")]
        cells += [f"{mean['noise']:.0%}", f"{mean['silhouette']:.2f}", f"{mean['angle']:.2f}"]
        cells += [f"{mean['n']:,.0f}", f"{fits['seconds'].median():.1f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset")
    parser.add_argument("--out", type=Path, default=Path("study"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--clusters", type=int, nargs="+", default=[12, 4])
    parser.add_argument(
        "--sample", type=int, help="Galaxies whose shape is measured; all if not given."
    )
    parser.add_argument("--same", action="store_true", help="Only galaxies that have all features.")
    parser.add_argument("--features", nargs="+", choices=[*FEATURE_SETS, *FURTHER])
    parser.add_argument("--methods", nargs="+", choices=CLUSTERERS.names())
    asked = parser.parse_args()
    workspace = current()
    dataset = open_dataset(workspace, asked.dataset)
    asked.out.mkdir(parents=True, exist_ok=True)
    try:
        table = pd.DataFrame(study(workspace, dataset, asked))
    finally:
        stop_engine(workspace)
    table.to_csv(asked.out / "study.csv", index=False)
    (asked.out / "study.md").write_text(report(table), encoding="utf-8")
    print(report(table))


if __name__ == "__main__":
    main()
