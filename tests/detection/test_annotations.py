import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from astro_core.detection.annotations import ANNOTATIONS, Annotated
from astro_core.domain import Boxes, no_boxes
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows.annotations import annotation_file, file_suffix, read_annotations

CORNERS = [[0, 0, 10, 20], [30.5, 40.25, 100, 80]]
FORMS = pytest.mark.parametrize("form", ANNOTATIONS.names())


def pictures():
    boxes = Boxes(corners=CORNERS, scores=[0.9, 0.4], labels=("spiral", "ring galaxy"))
    return (
        Annotated(file="one.png", width_px=100, height_px=80, boxes=boxes),
        Annotated(file="two.png", width_px=64, height_px=48, boxes=no_boxes()),
    )


def no_size(stem):
    return None


def unpacked(folder, form):
    for picture in pictures():
        Image.new("RGB", (picture.width_px, picture.height_px)).save(folder / picture.file)
    for name, content in ANNOTATIONS.get(form).write(pictures()).items():
        (folder / name).write_bytes(content)
    return folder


@FORMS
def test_boxes_come_back_as_they_were(tmp_path, form):
    back = {Path(each.file).stem: each for each in read_annotations(unpacked(tmp_path, form))}
    assert set(back) == {"one", "two"}
    one, two = back["one"], back["two"]
    assert (one.width_px, one.height_px) == (100, 80)
    np.testing.assert_allclose(one.boxes.corners, CORNERS, atol=0.011)
    assert one.labels == ("spiral", "ring galaxy")
    assert len(two.boxes) == 0


def test_a_file_of_labelimg_is_read_as_it_means_it():
    content = b"""<annotation verified="no"><folder>x</folder><filename>a b.jpg</filename>
    <size><width>424</width><height>424</height><depth>3</depth></size><object><name>galaxy</name>
    <pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>
    <bndbox><xmin>1</xmin><ymin>11</ymin><xmax>20</xmax><ymax>30</ymax></bndbox></object></annotation>
    """
    (picture,) = ANNOTATIONS.get("voc").read({"a b.xml": content}, no_size)
    assert picture.file == "a b.jpg"
    np.testing.assert_array_equal(picture.boxes.corners, [[0, 10, 20, 30]])  # 20 x 20 pixels


def test_what_coco_writes_is_what_pycocotools_reads(tmp_path, capsys):
    from pycocotools.coco import COCO

    (tmp_path / "boxes.json").write_bytes(annotation_file(pictures(), "coco"))
    coco = COCO(str(tmp_path / "boxes.json"))
    capsys.readouterr()
    assert [coco.anns[i]["bbox"] for i in (1, 2)] == [[0, 0, 10, 20], [30.5, 40.25, 69.5, 39.75]]
    (back, _) = read_annotations(tmp_path / "boxes.json")
    np.testing.assert_allclose(back.boxes.scores, [0.9, 0.4])


def test_yolo_lines_are_shares_of_the_sides():
    files = ANNOTATIONS.get("yolo").write(pictures())
    assert files["classes.txt"] == b"ring galaxy\nspiral\n"
    number, *shares = files["one.txt"].decode().splitlines()[0].split()
    assert number == "1"
    assert [float(x) for x in shares] == pytest.approx([0.05, 0.125, 0.1, 0.25])
    assert files["two.txt"] == b""


def test_yolo_needs_the_picture_beside_it(tmp_path):
    unpacked(tmp_path, "yolo")
    (tmp_path / "one.png").unlink()
    with pytest.raises(BadInputError, match="its size is needed"):
        read_annotations(tmp_path)


def test_many_files_are_handed_out_as_one():
    assert [file_suffix(form) for form in ("voc", "coco", "yolo")] == [".zip", ".json", ".zip"]
    with zipfile.ZipFile(io.BytesIO(annotation_file(pictures(), "voc"))) as archive:
        assert archive.namelist() == ["one.xml", "two.xml"]


def test_pictures_that_differ_in_their_suffix_have_files_of_their_own():
    both = [replace(pictures()[0], file=f"night/one.{suffix}") for suffix in ("png", "fits")]
    assert set(ANNOTATIONS.get("voc").write(both)) == {"one.png.xml", "one.fits.xml"}
    assert len(ANNOTATIONS.get("yolo").write(both)) == 3


BOMB = b"""<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><annotation>&c;</annotation>"""
HARMFUL = {
    "voc": [BOMB, b"", b"<svg/>", b"<annotation><size><width>nan</width></size></annotation>"],
    "coco": [
        b"",
        b"[]",
        b"{",
        b'{"images": [1], "categories": [], "annotations": []}',
        b"[" * 9999,
    ],
    "yolo": [b"0 0.5 0.5 nan 0.1", b"0 0.5 0.5 0 0.1", b"x", b"\xff\xfe", b"9e9 1 1 1 1"],
}


@pytest.mark.parametrize(
    ("form", "content"), [(form, content) for form in HARMFUL for content in HARMFUL[form]]
)
def test_broken_and_hostile_files_are_refused_by_name(form, content):
    with pytest.raises(BadInputError, match=r"'bad\."):
        ANNOTATIONS.get(form).read(
            {f"bad{ANNOTATIONS.get(form).suffix}": content}, lambda _: (9, 9)
        )


def test_a_box_for_a_picture_or_class_that_is_not_there_is_refused():
    value = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
        "categories": [{"id": 1, "name": "galaxy"}],
        "annotations": [{"image_id": 2, "category_id": 1, "bbox": [0, 0, 1, 1]}],
    }
    with pytest.raises(BadInputError, match=r"'bad\.json'"):
        ANNOTATIONS.get("coco").read({"bad.json": json.dumps(value).encode()}, no_size)


def test_a_folder_without_boxes_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="no boxes of one known form"):
        read_annotations(tmp_path)
