import base64
from xml.etree import ElementTree as ET

import pytest

from astro_core.datasets.gz2 import GZ2_TREE
from astro_core.ui.answer_icons import answer_icon

NAMES = [answer.name for answer in GZ2_TREE.answers()]


def test_every_answer_has_a_drawing_of_its_own():
    drawings = [answer_icon(name) for name in NAMES]
    assert all(drawings)
    assert len(set(drawings)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_is_small_and_asks_nobody_for_anything(name):
    content = base64.b64decode(answer_icon(name).partition(",")[2])
    root = ET.fromstring(content)
    assert root.get("viewBox") == "0 0 48 48"
    assert len(content) < 3000
    assert b"href" not in content
    assert b"script" not in content


@pytest.mark.parametrize("name", ["", "unknown", "../icon", "a01_smooth.svg"])
def test_other_answers_have_none(name):
    assert answer_icon(name) == ""
