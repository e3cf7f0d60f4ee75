import re
from html.parser import HTMLParser

import pytest

from astro_core.clustering import CLUSTERERS
from astro_core.datasets.catalogue import catalogue_path, read_catalogue, write_catalogue
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows.cluster_seeds import spread
from astro_core.workflows.cluster_settings import common_settings, near_square
from astro_core.workflows.clustering_store import list_clusterings


@pytest.mark.parametrize(
    ("n", "sides"),
    [(1, (1, 1)), (2, (1, 2)), (7, (1, 7)), (12, (3, 4)), (16, (4, 4))],
)
def test_a_number_of_groups_as_a_map(n, sides):
    assert near_square(n) == sides


@pytest.mark.parametrize("method", CLUSTERERS.names())
def test_every_method_takes_a_number_and_a_seed(method):
    params, notes = common_settings(method, 6, 9)
    assert params["seed"] == 9
    if "n_clusters" in params:
        assert (params["n_clusters"], notes) == (6, ())
    elif method == "som":
        assert (params["rows"], params["columns"]) == (2, 3)
        assert notes == ("Self-organising map: 6 groups are a map of 2 x 3 cells.",)
    else:
        assert "does not use a number of groups" in notes[0]


def test_settings_of_ones_own_go_first():
    params, notes = common_settings("som", 6, 0, {"rows": "1", "columns": "5", "seed": "4"})
    assert (params["rows"], params["columns"], params["seed"], notes) == (1, 5, 4, ())
    with pytest.raises(BadInputError, match="at least one group"):
        common_settings("kmeans", 0, 0)
    with pytest.raises(NotFoundError, match="magic"):
        common_settings("magic", 3, 0)


def attempt(groups, **measures):
    return {"key": "", "groups": groups, "measures": measures}


def test_spread_over_seeds():
    found = spread([attempt("a", ari=0.2, nmi=0.5), attempt("b", ari=0.4), {"error": "no"}], 7)
    assert found.seeds == (7, 8)
    assert not found.same
    assert found.measures == {"ari": (pytest.approx(0.3), pytest.approx(0.02**0.5))}
    assert spread([attempt("a", ari=0.2), attempt("a", ari=0.2)], 0).same
    alone = spread([attempt("a", ari=0.2)], 3)
    assert (alone.seeds, alone.same, alone.measures) == ((3,), False, {})


class Outline(HTMLParser):
    """Checks that elements close in order, and gathers what a page refers to."""

    def __init__(self):
        super().__init__()
        self.open, self.addresses, self.names, self.images = [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.addresses += [given[a] for a in ("src", "href") if a in given]
        self.names += [given["id"]] if "id" in given else []
        if tag == "img":
            self.images.append(given["alt"])
        if tag not in ("img", "meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def asked(blobs):
    methods = {
        "kmeans": {"n_clusters": 5, "n_init": 1},
        "hierarchical": {"n_clusters": 3},
        "hdbscan": {"min_cluster_size": 5, "min_samples": 2},
        "gmm": {"n_clusters": 70},
    }
    return {
        "features": blobs,
        "methods": {m: common_settings(m, 3, 2, p)[0] for m, p in methods.items()},
    }


def test_the_page_needs_nothing_else(survey_space, survey, asked, tmp_path):
    frame = read_catalogue(survey)
    frame.loc[frame["label"] == "merger", "label"] = "<script>x</script>"
    write_catalogue(catalogue_path(survey), frame)
    out = tmp_path / "pages" / "groups.html"
    run = execute(survey_space, "cluster-report", asked | {"out": str(out)}, title="")
    assert run.state == "done", run.error
    text = out.read_text("utf-8")
    page = Outline()
    page.feed(text)
    assert page.open == []
    assert page.names == ["kmeans", "hierarchical", "hdbscan", "compared"]
    assert all(a.startswith("data:image/jpeg;base64,") or a[0] == "#" for a in page.addresses)
    assert {"Mean of group 0", "Mean of group 2"} <= set(page.images)
    assert all(page.images)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "<strong>Gaussian mixture</strong>: " in text
    assert "n = 60 galaxies" in text
    assert "Seeds 2 to 6 give other groups" in text  # five groups in three blobs
    assert "The same groups with seeds 2 and 3" in text
    assert re.search(r"0\.\d{3}<br><small>± 0\.\d{3}", text)
    assert "K-means against Hierarchical: ARI 0." in text
    assert [p.name for p in out.parent.iterdir()] == ["groups.html"]


def test_only_the_seed_asked_for_is_kept(survey_space, survey, asked, tmp_path):
    run = execute(
        survey_space, "cluster-report", asked | {"out": str(tmp_path / "g.html")}, title=""
    )
    kept = list_clusterings(survey_space, survey)
    assert {c.key for c in kept} == {f["clustering"] for f in run.result["found"]}
    assert {c.params["seed"] for c in kept} == {2}
    assert list(run.result["failed"]) == ["gmm"]
    assert "70" in run.result["failed"]["gmm"]


def test_without_a_page_no_other_seed_is_tried(survey_space, asked, monkeypatch):
    monkeypatch.setattr("astro_core.workflows.cluster_report_run.page", None)
    run = execute(survey_space, "cluster-report", asked | {"out": None}, title="")
    assert [f["method"] for f in run.result["found"]] == ["kmeans", "hierarchical", "hdbscan"]
    assert run.done == run.total == 4


def test_a_place_that_cannot_be_written_is_told(survey_space, asked, tmp_path):
    run = execute(survey_space, "cluster-report", asked | {"out": str(tmp_path)}, title="")
    assert run.state == "failed"
    assert "cannot be written" in run.error
    assert list(tmp_path.glob("*.partial")) == []
