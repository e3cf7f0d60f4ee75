import gzip

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table

from astro_core.datasets.columns import is_text_column, recognise
from astro_core.datasets.tables import column_names, read_table
from astro_core.errors import BadInputError

IDS = ["587722981733826738", "1237648720142401611", "8647474690312307154"]


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "objid": np.array([int(i) for i in IDS], dtype=np.int64),
            "class": ["spiral", "elliptical", "spiral"],
            "redshift": [0.1, np.nan, 0.3],
            "n": [1, 2, 3],
        }
    )


FORMATS = ["t.csv", "t.csv.gz", "t.tsv", "t.ecsv", "t.fits", "t.fits.gz", "t.vot", "t.parquet"]


def write(frame, path):
    table = Table.from_pandas(frame)
    if path.name.endswith((".csv", ".csv.gz")):
        frame.to_csv(path, index=False)
    elif path.suffix == ".tsv":
        frame.to_csv(path, index=False, sep="\t")
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        kind = {".ecsv": "ascii.ecsv", ".vot": "votable"}.get(path.suffix, "fits")
        table.write(path, format=kind)


@pytest.mark.parametrize("name", FORMATS)
def test_identifiers_survive_every_format_to_the_last_digit(tmp_path, frame, name):
    write(frame, tmp_path / name)
    read = read_table(tmp_path / name).frame
    assert read["objid"].tolist() == IDS
    assert read["class"].tolist() == ["spiral", "elliptical", "spiral"]
    assert read["redshift"].dtype == float
    assert np.isnan(read["redshift"][1])
    assert read["n"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("name", FORMATS)
def test_the_header_alone_tells_the_columns(tmp_path, frame, name):
    write(frame, tmp_path / name)
    assert column_names(tmp_path / name) == ("objid", "class", "redshift", "n")


def test_large_integers_with_gaps_become_text_rather_than_rounded(tmp_path):
    (tmp_path / "t.csv").write_text("name,match\na,1237648720142401611\nb,\n")
    read = read_table(tmp_path / "t.csv").frame
    assert read["match"][0] == "1237648720142401611"
    assert pd.isna(read["match"][1])


def test_a_table_that_is_not_utf8_says_what_was_assumed(tmp_path):
    (tmp_path / "t.csv").write_bytes("id,label\n1,galaxie\n2,irrégulière\n".encode("latin-1"))
    read = read_table(tmp_path / "t.csv")
    assert read.frame["label"][1] == "irrégulière"
    assert "line 3" in read.notes[0]
    assert "Windows-1252" in read.notes[0]


def test_byte_marks_are_understood(tmp_path):
    (tmp_path / "a.csv").write_text("id,label\n1,x\n", encoding="utf-8-sig")
    (tmp_path / "b.csv").write_text("id,label\n1,x\n", encoding="utf-16")
    assert list(read_table(tmp_path / "a.csv").frame) == ["id", "label"]
    assert "UTF-16" in read_table(tmp_path / "b.csv").notes[0]


def test_what_is_no_table_is_refused_in_words(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\x00\x01\x02" * 50)
    (tmp_path / "b.fits").write_bytes(b"SIMPLE" * 10)
    (tmp_path / "c.parquet").write_bytes(b"PAR1")
    (tmp_path / "d.vot").write_text("<html></html>")
    (tmp_path / "e.csv").write_text("id,id\n1,2\n")
    (tmp_path / "f.csv.gz").write_bytes(gzip.compress(b"id,label\n1,2\n")[:-9])
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(BadInputError, match=path.name):
            read_table(path)
    assert column_names(tmp_path / "a.csv") == ()


def test_lines_of_another_length_are_left_out_and_counted(tmp_path):
    (tmp_path / "t.csv").write_text("id,label\n1,a\n2\n3,b,c\n4,d\n")
    read = read_table(tmp_path / "t.csv")
    assert read.frame["id"].tolist() == ["1", "4"]
    assert "2 lines" in read.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "id;label\n1;a, b\n2;c\n",
        "# a remark\nid,label\n1,a\n2,c\n",
        "# id,label\n1,a\n2,c\n",
        'id,label\r\n" 1 ","a"\r\n2,c\r\n',
    ],
)
def test_separators_remarks_and_line_ends(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, newline="")
    read = read_table(tmp_path / "t.csv").frame
    assert list(read) == ["id", "label"]
    assert read["id"].tolist() == ["1", "2"]


def test_an_empty_table_has_its_columns(tmp_path):
    (tmp_path / "t.csv").write_text("id,label\n")
    assert read_table(tmp_path / "t.csv").frame.shape == (0, 2)


def test_words_for_nothing_can_be_told(tmp_path):
    (tmp_path / "t.csv").write_text('id,label\n1,"NA"\n2,n/a\n3,\n4,-\n')
    usual = read_table(tmp_path / "t.csv").frame["label"]
    assert usual.fillna("nothing").tolist() == ["nothing", "nothing", "nothing", "-"]
    told = read_table(tmp_path / "t.csv", null_words=("", "-")).frame["label"]
    assert told.fillna("nothing").tolist() == ["NA", "n/a", "nothing", "nothing"]


def test_a_type_that_shows_late_is_still_found(tmp_path):
    lines = "\n".join(f"{i},0" for i in range(200_000))
    (tmp_path / "t.csv").write_text(f"id,vote\n{lines}\n200000,0.5\n")
    assert read_table(tmp_path / "t.csv").frame["vote"].iloc[-1] == 0.5


@pytest.mark.parametrize(
    ("names", "role", "found"),
    [
        (["GalaxyID", "Class1.1"], "object_id", "GalaxyID"),
        (["asset_id", "objid"], "object_id", "objid"),
        (["FileName", "Morphology"], "label", "Morphology"),
        (["image_path", "Hubble type"], "file", "image_path"),
        (["RAJ2000", "DEJ2000"], "dec_deg", "DEJ2000"),
        (["RA (deg)"], "ra_deg", "RA (deg)"),
        (["mag", "z"], "label", None),
    ],
)
def test_columns_are_recognised_by_many_names(names, role, found):
    assert getattr(recognise(names), role) == found


def test_what_could_be_an_identifier_stays_text():
    assert all(is_text_column(n) for n in ("objid", "dr7objid", "specObjID", "asset_id", "OBJID"))
    assert not any(is_text_column(n) for n in ("redshift", "mag_r", "Class1.1", "width", "grid"))
