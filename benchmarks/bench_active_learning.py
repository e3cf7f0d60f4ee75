"""Labels that each way to choose galaxies needs, against galaxies drawn at random.

A simulated reviewer with a known error rate labels what is chosen. After every batch a linear head
is trained on frozen features, which must come from something that never saw the labels of the
pool: a network trained on another dataset, or principal components. Galaxies that the network
learned from, or whose picture is nearly one of those, leave the pool. Counted is when the balanced
accuracy of the head, on galaxies that are never labelled, reaches 95 % of what all labels of the
pool give. Goal: the best way needs at most 50 % of the labels that chance needs.

    tuning-fork features galaxychallenge --extractor embedding --set model=RUN
    OMP_NUM_THREADS=1 python benchmarks/bench_active_learning.py galaxychallenge galaxyzoo1-3
"""

import argparse
import time
import warnings

import numpy as np
from tried_strategies import TRIED, Known

from astro_core.classifiers.bundle_info import read_info
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.errors import NotFoundError
from astro_core.imaging.alike import twins
from astro_core.labels.acquisition import Pool, choose
from astro_core.workflows.feature_store import list_features, open_features
from astro_core.workflows.models import find_model
from astro_core.workflows.seen import seen
from astro_core.workflows.stack import open_stack
from astro_core.workspace import current

STRATEGIES = (
    "random", "undefined", "margin", "margin_drawn", "entropy", "bald", "kcenter", *TRIED,
)  # fmt: skip
FIRST, GROWTH, LEAST = 20, 1.2, 10  # labels to begin with; each batch adds a fifth, or ten
REACHED, HELD_OUT, N_MEMBERS = 0.95, 0.3, 5
N_COMPONENTS, C = 128, 0.01  # of the features; inverse strength of the head's regularisation
GOAL, DRAWS = 0.5, 1000


def newest_features(workspace, dataset):
    """What a network trained on other data sees, else principal components; with the network."""
    sets = [one for one in list_features(workspace, dataset) if one.sample is None]
    for one in sets:
        if one.extractor == "embedding":
            model = str(one.params["model"])
            info = read_info(find_model(workspace, model))
            if info.dataset != dataset.name:
                return one, model, info
    return next((one for one in sets if one.extractor == "pca"), None), "", None


def known_to(workspace, dataset, model, info):
    """Ids of the galaxies of a pool that the network may have learned from."""
    parts = seen(workspace, model, info, dataset).parts
    ids = set(read_catalogue(dataset, ["object_id"])["object_id"][parts != ""])
    ours = open_stack(workspace, dataset, info.render)
    other = open_dataset(workspace, info.dataset)
    theirs = open_stack(workspace, other, info.render)
    if ours is None or theirs is None:
        print(f"  pictures of {info.dataset} are not rendered: alike ones were not looked for")
        return ids
    return ids | set(ours.object_ids[twins(ours.pixels, theirs.pixels)])


def pool_of(workspace, name):
    """Features and class numbers of the galaxies that have both, each picture once."""
    dataset = open_dataset(workspace, name)
    about, model, info = newest_features(workspace, dataset)
    if about is None:
        raise NotFoundError(f"run 'tuning-fork features {name}' first")
    catalogue = read_catalogue(dataset, ["object_id", "label", "duplicate_of"])
    out = known_to(workspace, dataset, model, info) if info else set()
    alone = catalogue["duplicate_of"].isna() & ~catalogue["object_id"].isin(out)
    labels = catalogue[alone].dropna(subset=["label"]).set_index("object_id")["label"]
    features = open_features(workspace, about.key)
    there = np.isin(features.object_ids, labels.index)
    there &= np.isfinite(features.values).all(axis=1)
    ids = np.array(features.object_ids, dtype=object)[there]
    classes, truth = np.unique(labels.loc[ids].to_numpy(str), return_inverse=True)
    source = f"a network trained on {info.dataset}" if info else about.summary
    print(f"{name}: {len(ids):,} galaxies, {len(classes)} classes, {len(out)} left out; {source}")
    return components(features.values[there].astype(float)), truth, len(classes)


def components(values):
    """The largest principal components; they keep their own scales."""
    from sklearn.decomposition import PCA

    if values.shape[1] <= N_COMPONENTS:
        return values - values.mean(axis=0)
    return PCA(N_COMPONENTS, random_state=0).fit_transform(values)


def head(values, labels, n_classes):
    """A function from features to probabilities; classes without labels have none."""
    from sklearn.linear_model import LogisticRegression

    present = np.unique(labels)
    fitted = None
    if len(present) > 1:
        fitted = LogisticRegression(C=C, class_weight="balanced", max_iter=300)
        fitted.fit(values, labels)

    def answer(some):
        out = np.zeros((len(some), n_classes))
        out[:, present] = 1.0 if fitted is None else fitted.predict_proba(some)
        return out / out.sum(axis=1, keepdims=True)

    return answer


def balanced_accuracy(probabilities, truth):
    right = probabilities.argmax(axis=1) == truth
    return float(np.mean([right[truth == c].mean() for c in np.unique(truth)]))


class Simulation:
    """A pool, galaxies held out, and a reviewer who errs at a known rate."""

    def __init__(self, values, truth, n_classes, *, error, seed):
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(truth))
        held, pool = np.split(order, [round(HELD_OUT * len(order))])
        self.values, self.held = values[pool], values[held]
        self.truth, self.n_classes, self.seed = truth[held], n_classes, seed
        wrong = (truth[pool] + rng.integers(1, n_classes, len(pool))) % n_classes
        self.said = np.where(rng.random(len(pool)) < error, wrong, truth[pool])
        self.first = rng.permutation(len(pool))[:FIRST]

    def score(self, rows):
        answer = head(self.values[rows], self.said[rows], self.n_classes)
        return balanced_accuracy(answer(self.held), self.truth), answer

    def all_labels(self):
        return self.score(np.arange(len(self.said)))[0]

    def curve(self, strategy, target):
        """Labels and scores until two batches in a row reach the target."""
        rows, found = self.first, []
        while True:
            score, answer = self.score(rows)
            found.append((len(rows), score))
            reached = len(found) > 1 and min(found[-1][1], found[-2][1]) >= target
            if reached or len(rows) == len(self.said):
                return found
            left = np.setdiff1d(np.arange(len(self.said)), rows)
            size = min(len(left), max(LEAST, round((GROWTH - 1) * len(rows))))
            rows = np.concatenate([rows, left[self.chosen(strategy, rows, left, answer, size)]])

    def labels_needed(self, strategy, target):
        """Labels at the first of the two; all of them where it took all."""
        found = self.curve(strategy, target)
        return found[-1][0] if found[-1][0] == len(self.said) else found[-2][0]

    def chosen(self, strategy, rows, left, answer, size):
        """Places among `left`; what a strategy does not fill is drawn."""
        rng = np.random.default_rng((self.seed, len(rows)))
        probabilities, features = answer(self.values[left]), self.values[left]
        covered = self.values[rows]
        if strategy in TRIED:
            labelled = np.bincount(self.said[rows], minlength=self.n_classes)
            known = Known(probabilities, features, covered, labelled)
            return TRIED[strategy](known, size, rng)
        known = {"probabilities": probabilities}
        if strategy == "bald":
            known = {"members": self.opinions(rows, left, rng)}
        if strategy == "kcenter":
            known = {"features": features, "covered": covered}
        places = [str(i) for i in range(len(left))]
        pool = Pool(object_ids=tuple(places), **known)
        found = [int(i) for i in choose(pool, strategy, size, seed=self.seed).object_ids]
        rest = rng.permutation(np.setdiff1d(np.arange(len(left)), found))[: size - len(found)]
        return np.concatenate([np.array(found, dtype=int), rest])

    def opinions(self, rows, left, rng):
        """Heads of samples drawn with replacement, as members of an ensemble."""
        members = []
        for _ in range(N_MEMBERS):
            some = rows[rng.integers(0, len(rows), len(rows))]
            answer = head(self.values[some], self.said[some], self.n_classes)
            members.append(answer(self.values[left]))
        return np.stack(members)


def compare(workspace, name, strategies, seeds, error):
    values, truth, n_classes = pool_of(workspace, name)
    print(
        f"reviewer wrong {error:.0%}, {seeds} seeds, labels to {REACHED:.0%} of all labels' score"
    )
    start, needed, wholes = time.perf_counter(), {s: [] for s in strategies}, []
    for seed in range(seeds):
        one = Simulation(values, truth, n_classes, error=error, seed=seed)
        wholes.append(one.all_labels())
        for strategy in strategies:
            needed[strategy].append(one.labels_needed(strategy, REACHED * wholes[-1]))
        print(f"  seed {seed}: all {len(one.said):,} labels give {wholes[-1]:.3f}", flush=True)
    print(f"all labels: {np.mean(wholes):.3f} +- {np.std(wholes, ddof=1):.3f}")
    report({strategy: np.array(counts) for strategy, counts in needed.items()})
    print(f"{time.perf_counter() - start:.0f} s")


def ratio(counts, chance, rng):
    """Mean labels as a share of chance's, with a 95 % interval from seeds drawn again."""
    rows = rng.integers(0, len(counts), (DRAWS, len(counts)))
    drawn = counts[rows].mean(axis=1) / chance[rows].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return counts.mean() / chance.mean(), low, high


def report(needed):
    rng, found = np.random.default_rng(0), {}
    print("| strategy | labels, mean +- sd | range | share of random [95 %] |\n|---|---|---|---|")
    for strategy, counts in needed.items():
        found[strategy], low, high = ratio(counts, needed["random"], rng)
        print(
            f"| {strategy} | {counts.mean():.0f} +- {counts.std(ddof=1):.0f} | {counts.min()} to "
            f"{counts.max()} | {found[strategy]:.2f} [{low:.2f}, {high:.2f}] |"
        )
    best = min((s for s in found if s != "random"), key=found.get)
    said = "met" if found[best] <= GOAL else "NOT met"
    print(f"best: {best}, ratio {found[best]:.2f}, goal {GOAL} {said}")


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("datasets", nargs="*", default=["galaxychallenge", "galaxyzoo1-3"])
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--error", type=float, default=0.05, help="error rate of the reviewer")
    asked.add_argument(
        "--strategies", nargs="+", default=STRATEGIES, choices=STRATEGIES, help="with random"
    )
    asked = asked.parse_args()
    warnings.simplefilter("ignore")
    for name in asked.datasets:
        try:
            compare(current(), name, asked.strategies, asked.seeds, asked.error)
        except NotFoundError as error:
            print(f"{name}: skipped, {error}")


if __name__ == "__main__":
    main()
