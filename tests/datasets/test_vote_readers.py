"""Pictures with the votes of the Galaxy Challenge and of Galaxy Zoo 2 beside them."""

import numpy as np
import pandas as pd
import pytest

from astro_core.datasets.gz2 import CHALLENGE_TREE, GZ2_TREE

from .picture_folders import RNG, best, labels_of, picture, scan


def challenge(path, ids):
    columns = list(CHALLENGE_TREE.vote_columns)
    table = pd.DataFrame(RNG.random((len(ids), 37)), columns=columns)
    table.insert(0, "GalaxyID", ids)
    table.to_csv(path, index=False)
    return table


def test_the_galaxy_challenge_with_labels_beside_it(tmp_path):
    for i in (100008, 100023, 100078):
        picture(tmp_path / "images_training_rev1" / f"{i}.jpg")
    votes = challenge(tmp_path / "training_solutions_rev1.csv", [100023, 100078, 999999])
    (tmp_path / "labels.csv").write_text("object_id,label\n100008,smooth\n100078,odd\n")
    assert best(tmp_path) == "galaxy-challenge"
    found = scan(tmp_path, "galaxy-challenge")
    assert labels_of(found) == {"100008": "smooth", "100023": None, "100078": "odd"}
    table = found.catalogue.set_index("object_id")
    assert table.loc["100023", "Class11.6"] == votes["Class11.6"][0]
    assert np.isnan(table.loc["100008", "Class1.1"])
    assert found.taxonomy == CHALLENGE_TREE
    assert [p.object_id for p in found.problems] == ["999999"]


def test_a_table_of_the_whole_survey_is_no_list_of_mistakes(tmp_path):
    picture(tmp_path / "5.jpg")
    challenge(tmp_path / "training_solutions_rev1.csv", list(range(100)))
    found = scan(tmp_path, "galaxy-challenge")
    assert not found.problems
    assert "99 rows" in found.notes[0]


def test_votes_that_are_no_fractions_are_left_empty_and_noted(tmp_path):
    picture(tmp_path / "5.jpg")
    table = challenge(tmp_path / "training_solutions_rev1.csv", [5])
    table["Class1.1"] = 40.0
    table.to_csv(tmp_path / "training_solutions_rev1.csv", index=False)
    found = scan(tmp_path, "galaxy-challenge")
    assert found.catalogue["Class1.1"].isna().all()
    assert "outside 0 to 1" in found.notes[0]


def gz2(folder, kind="debiased"):
    ids = ["587722981746540704", "587722982293766366", "587722982827163823"]
    for asset in (68, 442, 500):
        picture(folder / "images" / f"{asset}.jpg")
    pd.DataFrame({"objid": ids, "sample": "original", "asset_id": [68, 442, 500]}).to_csv(
        folder / "gz2_filename_mapping.csv", index=False
    )
    columns = [c.replace("debiased", kind) for c in GZ2_TREE.vote_columns]
    table = pd.DataFrame(RNG.random((3, 37)), columns=columns)
    table[columns[0].replace(kind, "count")] = 7
    table.insert(0, "gz2_class", ["Ser", "SBc2m(r)", "???"])
    table.insert(0, "dr7objid", ids)
    table.insert(1, "ra", [1.0, 2.0, 3.0])
    table.insert(2, "dec", [1.0, 2.0, 3.0])
    table.to_csv(folder / "gz2_hart16.csv.gz", index=False)
    return ids


@pytest.mark.parametrize("kind", ["debiased", "weighted_fraction"])
def test_galaxy_zoo_2_joins_pictures_mapping_and_votes(tmp_path, kind):
    ids = gz2(tmp_path, kind)
    assert best(tmp_path) == "galaxy-zoo-2"
    found = scan(tmp_path, "galaxy-zoo-2")
    assert labels_of(found) == {
        ids[0]: "edge_on_round_bulge",
        ids[1]: "spiral_barred",
        ids[2]: None,
    }
    table = found.catalogue.set_index("object_id")
    assert table.loc[ids[1], ["asset_id", "gz2_odd_feature"]].tolist() == ["442", "ring"]
    assert table.loc[ids[1], "ra_deg"] == 2.0
    assert found.taxonomy.vote_columns[0].endswith(f"a01_smooth_{kind}")
    assert set(found.taxonomy.vote_columns) <= set(table.columns)
    assert not [c for c in table.columns if c.endswith("_count")]
    assert any("1 strings" in note for note in found.notes)
