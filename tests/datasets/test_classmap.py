import pandas as pd
import pytest

from astro_core.datasets.classmap import mirror_pairs, parse_class_map, taxonomy_of
from astro_core.domain import GalaxyClass, Taxonomy
from astro_core.errors import BadInputError

LABELS = pd.Series(["spiral_clockwise", "spiral_anticlockwise", "elliptical", "merger", None])
MAP = "spiral=spiral_clockwise+spiral_anticlockwise, elliptical"


def test_classes_are_merged_renamed_and_left_out():
    labels, stays = parse_class_map(MAP).apply(LABELS)
    assert labels[:3].tolist() == ["spiral", "spiral", "elliptical"]
    assert stays.tolist() == [True, True, True, False, True]  # unlabelled objects stay


def test_the_taxonomy_follows_the_map():
    class_map = parse_class_map(MAP)
    taxonomy = taxonomy_of(class_map.apply(LABELS)[0], None, "t", class_map)
    assert taxonomy.class_names == ("spiral", "elliptical")
    assert taxonomy.mirror == {}
    assert [c.key for c in taxonomy.classes] == ["1", "2"]


@pytest.mark.parametrize("text", ["", ",", "a=", "=a", "a,a", "a=b,c=b", "a=b+"])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(BadInputError, match="choice of classes"):
        parse_class_map(text)


def test_an_unknown_class_is_named_with_those_there_are():
    with pytest.raises(BadInputError, match=r"'bar'.*elliptical, merger"):
        parse_class_map("bar").apply(LABELS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("spiral_clockwise", "spiral_anticlockwise"),
        ("Clockwise spiral", "counterclockwise spiral"),
        ("CW", "ACW"),
        ("s_cw", "s_ccw"),
    ],
)
def test_a_mirror_turns_one_sense_into_the_other(one, other):
    assert mirror_pairs([one, "elliptical", other]) == {one: other, other: one}
    assert mirror_pairs([one, "elliptical"]) == {}


def test_classes_stand_in_natural_order_after_those_of_the_reader():
    given = Taxonomy(name="t", classes=(GalaxyClass(name="z", description="known"),))
    taxonomy = taxonomy_of(pd.Series(["class10", "class2", "z", None]), given, "other")
    assert taxonomy.class_names == ("z", "class2", "class10")
    assert taxonomy.classes[0].description == "known"
    assert taxonomy.name == "t"
