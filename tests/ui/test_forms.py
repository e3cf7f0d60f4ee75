from streamlit.testing.v1 import AppTest

FORM = """
import json
from dataclasses import dataclass
import streamlit as st
from astro_core.params import param, to_mapping
from astro_core.ui.forms import params_form

@dataclass(frozen=True, kw_only=True)
class P:
    n: int = param(12, label="Clusters", minimum=2, maximum=100, help="How many.")
    seed: int = param(0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same groups.")
    q: float = param(8.0, label="Q", minimum=0.0, maximum=10.0, step=0.1, help="Compression.")
    stretch: float = param(0.5, label="Stretch", minimum=1e-6, maximum=1e6, help="How bright.")
    way: str = param("a", label="Way", choices=("a", "b"), help="Which.")
    deep: bool = param(False, label="Deep", help="Whether.")
    black: tuple[float, float, float] = param((0.0, 1.0, 2.0), label="Black point", help="Zero.")
    limit: float | None = param(None, label="Limit", minimum=0.0, help="At most.", unit="px")
    note: str = param("", label="Note", help="Anything.")

P.__module__ = "__main__"
NAMES = None
st.text(json.dumps(to_mapping(params_form(P(), "form", NAMES))))
"""


def values(test):
    import json

    assert not test.exception, test.exception[0].message
    return json.loads(test.text[0].value)


def test_every_setting_gets_its_widget_with_bounds_help_and_unit():
    test = AppTest.from_string(FORM, default_timeout=30).run()
    assert values(test)["n"] == 12
    n = test.slider(key="form:n")
    assert (n.min, n.max, n.value, n.label, n.help) == (2, 100, 12, "Clusters", "How many.")
    assert test.number_input(key="form:seed").max == 2**31 - 1
    assert test.slider(key="form:q").step == 0.1
    assert test.number_input(key="form:limit").label == "Limit [px]"
    assert test.selectbox(key="form:way").options == ["a", "b"]
    assert [test.number_input(key=f"form:black:{c}").value for c in ("red", "green", "blue")] == [
        0.0,
        1.0,
        2.0,
    ]


def test_what_is_set_comes_back_in_the_settings():
    test = AppTest.from_string(FORM, default_timeout=30).run()
    test.slider(key="form:n").set_value(40)
    test.toggle(key="form:deep").set_value(True)
    test.selectbox(key="form:way").set_value("b")
    test.number_input(key="form:black:green").set_value(3.5)
    test.number_input(key="form:limit").set_value(7.0)
    test.text_input(key="form:note").set_value("ok")
    now = values(test.run())
    assert (now["n"], now["deep"], now["way"], now["note"]) == (40, True, "b", "ok")
    assert (now["black"], now["limit"]) == ([0.0, 3.5, 2.0], 7.0)


def test_only_the_named_settings_are_asked_for():
    script = FORM.replace("NAMES = None", 'NAMES = ["way", "n"]')
    test = AppTest.from_string(script, default_timeout=30).run()
    assert values(test)["seed"] == 0
    assert len(test.number_input) == 0
    assert len(test.slider) == 1
