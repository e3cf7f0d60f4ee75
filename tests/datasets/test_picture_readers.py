import time

import pandas as pd
import pytest

from astro_core.datasets.readers import READERS
from astro_core.datasets.readers.merge import Merge
from astro_core.errors import BadInputError

from .picture_folders import RNG, best, labels_of, picture, scan

# folders


def test_a_folder_per_class(tmp_path):
    for name in ("C/C_1.jpg", "C/C_2.jpg", "G/deeper/G_1.jpg", "loose.png"):
        picture(tmp_path / name)
    (tmp_path / "G" / "notes.txt").write_text("nothing")
    picture(tmp_path / "G" / "._G_1.jpg")
    assert best(tmp_path) == "folders"
    found = scan(tmp_path, "folders")
    assert labels_of(found) == {"C_1": "C", "C_2": "C", "G_1": "G", "loose": None}
    assert "1 pictures" in found.notes[0]


def test_names_that_repeat_get_their_folder(tmp_path):
    for name in ("a/1.png", "b/1.png", "b/2.png", "b/2.jpg"):
        picture(tmp_path / name)
    ids = scan(tmp_path, "folders").catalogue["object_id"]
    assert sorted(ids) == ["a/1.png", "b/1.png", "b/2.jpg", "b/2.png"]
    (tmp_path / "b/2.jpg").unlink()
    assert sorted(scan(tmp_path, "folders").catalogue["object_id"]) == ["a/1", "b/1", "b/2"]


def test_train_and_test_folders_are_a_split(tmp_path):
    for part in ("train", "valid", "test"):
        for name in ("lens", "galaxy"):
            picture(tmp_path / part / name / f"{part}{name}.png")
    assert best(tmp_path) == "folders"
    table = scan(tmp_path, "folders").catalogue.set_index("object_id")
    assert table.loc["validlens", ["label", "split"]].tolist() == ["lens", "validation"]


def test_pictures_without_labels(tmp_path):
    for i in range(3):
        picture(tmp_path / "images" / f"{i}.png", "L")
    found = scan(tmp_path, best(tmp_path))
    assert found.catalogue["label"].isna().all()
    assert found.parts[0].bands == ("grey",)


def test_links_that_leave_the_folder_are_not_followed(tmp_path):
    home = tmp_path / "home"
    picture(home / "a" / "1.png")
    picture(home / "b" / "2.png")
    picture(tmp_path / "secret.png")
    picture(tmp_path / "more" / "3.png")
    (home / "a" / "out.png").symlink_to(tmp_path / "secret.png")
    (home / "a" / "gone.png").symlink_to(home / "a" / "nothing.png")
    (home / "a" / "alias.png").symlink_to(home / "b" / "2.png")
    (home / "c").symlink_to(tmp_path / "more")
    (home / "b" / "loop").symlink_to(home)
    found = scan(home, "folders")
    assert sorted(found.catalogue["file"]) == ["a/1.png", "a/alias.png", "b/2.png"]
    reasons = {p.file: p.reason for p in found.problems}
    assert "outside" in reasons["a/out.png"]
    assert "not there" in reasons["a/gone.png"]


def test_a_name_that_is_not_text_is_a_problem(tmp_path):
    picture(tmp_path / "a" / "1.png")
    with open(bytes(tmp_path / "a") + b"/\xff.png", "wb") as stream:  # noqa: PTH123
        stream.write((tmp_path / "a" / "1.png").read_bytes())
    found = scan(tmp_path, "folders")
    assert found.catalogue["object_id"].tolist() == ["1"]
    assert "not valid text" in found.problems[0].reason
    found.problems[0].file.encode()


# pictures and a table


def test_a_table_names_pictures_in_many_ways(tmp_path):
    for name in ("images/a.png", "images/b.jpg", "c.png", "deep/d.png", "e.png"):
        picture(tmp_path / name)
    rows = [
        ("1", "images/a.png", "x"),
        ("2", "b.jpg", "y"),
        ("3", "./c.png", "x"),
        ("4", "C:old\\..\\deep\\d.png", "y"),
        ("5", str(tmp_path / "e.png"), "x"),
    ]
    rows[3] = ("4", "deep\\d.png", "y")
    pd.DataFrame(rows, columns=["ID", "Filename", "Morphology"]).to_csv(
        tmp_path / "labels.csv", index=False
    )
    assert best(tmp_path) == "images-csv"
    found = scan(tmp_path, "images-csv")
    assert labels_of(found) == {"1": "x", "2": "y", "3": "x", "4": "y", "5": "x"}
    assert not found.problems


def test_identifiers_alone_find_their_pictures(tmp_path):
    for name in ("1237648720142401611", "1237648720142401612"):
        picture(tmp_path / f"{name}.jpeg")
    pd.DataFrame(
        {"objid": [1237648720142401611, 1237648720142401612], "class": [0, 1], "RA": [10.5, 400]}
    ).assign(Dec=[-3.25, 2]).to_csv(tmp_path / "t.csv", index=False)
    found = scan(tmp_path, "images-csv")
    assert labels_of(found) == {"1237648720142401611": "0", "1237648720142401612": "1"}
    assert found.catalogue["ra_deg"].tolist()[0] == 10.5
    assert found.catalogue["dec_deg"].isna().tolist() == [False, True]
    assert "1 sky positions are impossible" in found.notes[0]


def test_sexagesimal_positions_are_read(tmp_path):
    picture(tmp_path / "m.png")
    (tmp_path / "t.csv").write_text("name,ra,dec,type\nm,05:34:31.94,-00:30:00,S\n")
    row = scan(tmp_path, "images-csv").catalogue.iloc[0]
    assert row["ra_deg"] == pytest.approx(83.63308, abs=1e-4)
    assert row["dec_deg"] == pytest.approx(-0.5)


BAD_ROWS = """object_id,file,label,group,split
ok,ok.png,x,g1,training
again,a.png,x,g1,test
again,b.png,y,g1,test
missing,no.png,x,,
outside,../secret.png,x,,
absolute,/etc/hostname,x,,
link,link.png,x,,
several,same.png,x,,
taken,ok.png,y,,
,,z,,
unlabelled,c.png,,,
"""


def test_each_bad_row_has_its_reason_and_the_good_ones_go_on(tmp_path):
    home = tmp_path / "home"
    for name in ("ok.png", "a.png", "b.png", "c.png", "one/same.png", "two/same.png", "d.png"):
        picture(home / name)
    picture(tmp_path / "secret.png")
    (home / "link.png").symlink_to(tmp_path / "secret.png")
    (home / "labels.csv").write_text(BAD_ROWS)
    found = scan(home, "images-csv")
    ids = set(found.catalogue["object_id"])
    assert {"ok", "again", "unlabelled", "d"} <= ids
    assert not ids & {"missing", "outside", "absolute", "link", "taken", "b"}
    reasons = {(p.object_id, p.file): p.reason for p in found.problems}
    assert "no such picture" in reasons["missing", "no.png"]
    assert "leads outside" in reasons["outside", "../secret.png"]
    assert "leads outside" in reasons["absolute", "/etc/hostname"]
    assert "several pictures" in reasons["several", "same.png"]
    assert "more than once" in reasons["again", "b.png"]
    assert "more than once" in reasons["taken", "ok.png"]
    assert "without a file name" in reasons["", ""]
    assert any("leads outside" in p.reason for p in found.problems if p.file == "link.png")
    table = found.catalogue.set_index("object_id")
    assert table.loc["ok", ["label", "group", "split"]].tolist() == ["x", "g1", "train"]
    assert any("in no table" in note for note in found.notes)


def test_wrong_column_names_are_refused_with_those_there_are(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    with pytest.raises(BadInputError, match=r"which picture.*object_id.*x, y"):
        scan(tmp_path, "images-csv", labels=tmp_path / "t.csv")


def test_a_table_that_lies_elsewhere_comes_first(tmp_path):
    home = tmp_path / "home"
    picture(home / "a.png")
    (home / "labels.csv").write_text("id,label\na,old\n")
    (tmp_path / "mine.ecsv").write_text(
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: id, datatype: string}\n"
        "# - {name: class, datatype: string}\nid class\na new\n"
    )
    found = scan(home, "images-csv", labels=tmp_path / "mine.ecsv")
    assert labels_of(found) == {"a": "new"}


@pytest.mark.parametrize("between", ["", "/"])
def test_tables_that_each_number_their_rows_give_every_picture_its_own_identifier(
    tmp_path, between
):
    labels = {}
    for part in ("test", "train"):
        rows = ["id,file,label"]
        for i in range(3):
            file = f"{part}{between}{i}.png"
            picture(tmp_path / file)
            rows.append(f"{i},{file},{part} {i}")
            later = file if between else file.removesuffix(".png")
            labels[str(i) if part == "test" else later] = f"{part} {i}"
        (tmp_path / f"{part}.csv").write_text("\n".join(rows) + "\n")
    found = scan(tmp_path, "images-csv")
    assert len(found.catalogue) == 6
    assert labels_of(found) == labels
    (note,) = found.notes
    assert note.startswith("3 pictures are named after their files")
    assert "train.csv" in note
    assert not found.problems


def test_pictures_that_are_called_alike_in_two_folders_keep_both(tmp_path):
    for name in ("a/1.png", "b/1.png", "b/2.png"):
        picture(tmp_path / name)
    (tmp_path / "t.csv").write_text("file,label\na/1.png,x\nb/1.png,y\nb/2.png,z\n")
    found = scan(tmp_path, "images-csv")
    assert labels_of(found) == {"a/1.png": "x", "b/1.png": "y", "2": "z"}


def test_a_later_table_may_number_pictures_that_have_an_identifier(tmp_path):
    for name in ("a.png", "b.png"):
        picture(tmp_path / name)
    (tmp_path / "1.csv").write_text("id,file,label\n0,a.png,x\n1,b.png,y\n")
    (tmp_path / "2.csv").write_text("id,file,mag\n0,b.png,18\n1,a.png,17\n")
    found = scan(tmp_path, "images-csv")
    assert labels_of(found) == {"0": "x", "1": "y"}
    assert found.catalogue.set_index("object_id")["mag"].to_dict() == {"0": 17, "1": 18}
    assert not found.notes


def test_an_unknown_split_is_noted_and_left_empty(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "t.csv").write_text("id,label,split\na,x,fold3\n")
    found = scan(tmp_path, "images-csv")
    assert found.catalogue["split"].isna().all()
    assert "'fold3'" in found.notes[0]


def test_a_table_of_groups_beside_class_folders_adds_to_them(tmp_path):
    for name in ("lens/a.png", "lens/b.png", "galaxy/c.png"):
        picture(tmp_path / name)
    (tmp_path / "groups.csv").write_text("name,group\na,one\nb,one\nc,two\n")
    assert best(tmp_path) == "images-csv"
    found = scan(tmp_path, "images-csv")
    assert labels_of(found) == {"a": "lens", "b": "lens", "c": "galaxy"}
    assert sorted(found.catalogue["group"]) == ["one", "one", "two"]


def test_a_table_of_something_else_changes_nothing(tmp_path):
    for name in ("lens/a.png", "galaxy/c.png"):
        picture(tmp_path / name)
    (tmp_path / "shopping.csv").write_text("name,price\nmilk,1\nbread,2\n")
    found = scan(tmp_path, best(tmp_path))
    assert labels_of(found) == {"a": "lens", "c": "galaxy"}
    assert "price" not in found.catalogue
    assert not found.problems


def test_a_single_row_that_leads_outside_says_so(tmp_path):
    picture(tmp_path / "home" / "a.png")
    (tmp_path / "home" / "labels.csv").write_text("object_id,file,label\nx,../b.png,s\n")
    found = scan(tmp_path / "home", "images-csv")
    assert "leads outside" in found.problems[0].reason
    assert labels_of_missing(found)


def labels_of_missing(found):
    return "label" not in found.catalogue or found.catalogue["label"].isna().all()


def test_the_folders_say_so_when_they_ignore_a_table(tmp_path):
    for name in ("lens/a.png", "galaxy/c.png"):
        picture(tmp_path / name)
    (tmp_path / "labels.csv").write_text("name,label\na,x\n")
    found = scan(tmp_path, "folders", labels=tmp_path / "labels.csv")
    assert "was not used" in found.notes[0]


def test_a_folder_of_60000_files_is_recognised_at_a_glance(tmp_path):
    for i in range(60_000):
        (tmp_path / f"{i}.jpg").touch()
    (tmp_path / "labels.csv").write_text("id,label\n1,a\n")
    for spec in READERS:
        took = []
        for _ in range(3):
            started = time.process_time()
            spec.sniff(tmp_path)
            took.append(time.process_time() - started)
        assert min(took) < 0.3, spec.name  # 0.2 s on a machine that does nothing else


def test_240000_rows_are_joined_in_seconds(tmp_path, monkeypatch):
    n = 240_000
    files = [f"images/{i}.jpg" for i in range(n)]
    monkeypatch.setattr(
        "astro_core.datasets.readers.merge.find_pictures", lambda _root: (files, [])
    )
    merge = Merge(tmp_path)
    frame = pd.DataFrame({"objid": [str(i) for i in range(n)], "label": "a", "z": RNG.random(n)})
    from astro_core.datasets.tables import TableFile

    started = time.perf_counter()
    assert merge.add(TableFile(path=tmp_path / "t.csv", frame=frame)) == n
    assert len(merge.finish()) == n
    assert time.perf_counter() - started < 15
