"""The measures of a grouping, each explained in a line."""

from __future__ import annotations

from dataclasses import dataclass

from astro_core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class MeasureSpec:
    """A number that says how good a grouping is.

    Attributes
    ----------
    name, label : str
    explanation : str
        What it says, in one sentence.
    better : str
        "high" or "low".
    about : str
        "agreement" with classes that people gave, or "validity" from the features alone.
    reference : str
    """

    name: str
    label: str
    explanation: str
    better: str
    about: str
    reference: str


MEASURES: Registry[MeasureSpec] = Registry("measure of a grouping")


def _add(name: str, label: str, better: str, about: str, explanation: str, reference: str) -> None:
    MEASURES.add(
        MeasureSpec(
            name=name,
            label=label,
            explanation=explanation,
            better=better,
            about=about,
            reference=reference,
        )
    )


_add(
    "ari",
    "ARI",
    "high",
    "agreement",
    "Adjusted Rand index: share of pairs on which groups and classes agree, corrected for chance; "
    "1 is the same division, 0 is chance.",
    "Hubert & Arabie 1985, J. Classification 2, 193",
)
_add(
    "nmi",
    "NMI",
    "high",
    "agreement",
    "Normalised mutual information: how much the group tells of the class, 0 to 1; many small "
    "groups raise it by chance.",
    "Strehl & Ghosh 2002, JMLR 3, 583",
)
_add(
    "ami",
    "AMI",
    "high",
    "agreement",
    "Adjusted mutual information: NMI corrected for chance; 1 is the same division, 0 is chance.",
    "Vinh, Epps & Bailey 2010, JMLR 11, 2837",
)
_add(
    "homogeneity",
    "Homogeneity",
    "high",
    "agreement",
    "1 where every group holds one class only.",
    "Rosenberg & Hirschberg 2007, EMNLP, 410",
)
_add(
    "completeness",
    "Completeness",
    "high",
    "agreement",
    "1 where every class lies in one group only.",
    "Rosenberg & Hirschberg 2007, EMNLP, 410",
)
_add(
    "v_measure",
    "V-measure",
    "high",
    "agreement",
    "Harmonic mean of homogeneity and completeness.",
    "Rosenberg & Hirschberg 2007, EMNLP, 410",
)
_add(
    "purity",
    "Purity",
    "high",
    "agreement",
    "Share of galaxies whose class is the most frequent one of their group; it grows with the "
    "number of groups.",
    "Manning, Raghavan & Schütze 2008, Introduction to Information Retrieval, 16.3",
)
_add(
    "silhouette",
    "Silhouette",
    "high",
    "validity",
    "How much nearer a galaxy is to its own group than to the next, -1 to 1; above 0.5 groups "
    "stand apart, near 0 they overlap.",
    "Rousseeuw 1987, J. Comput. Appl. Math. 20, 53",
)
_add(
    "davies_bouldin",
    "Davies-Bouldin",
    "low",
    "validity",
    "Width of the groups against the distance between them, for the worst neighbour of each; 0 is "
    "best.",
    "Davies & Bouldin 1979, IEEE Trans. Pattern Anal. 1, 224",
)
_add(
    "calinski_harabasz",
    "Calinski-Harabasz",
    "high",
    "validity",
    "Scatter between groups against scatter within; compare it only for the same galaxies and "
    "features.",
    "Caliński & Harabasz 1974, Commun. Stat. 3, 1",
)
