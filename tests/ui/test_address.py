"""Values in the address: bad ones give the default, text of the address is never Markdown."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.visitor import PAGE_TABS, ROOT, sound, tabs_of
from ui import address

MARKUP = "[click](http://evil.example) **b** <b> :red[x] $x$ `c` ![i](j)"
BAD = ([""], ["9" * 400], ["x"], ["nan"], ["-1e999"], [MARKUP], ["0", "0"], ["-7"])
NUMBERS = ("0.0", "-7.0")
SINGLE = ("selectbox", "radio", "slider", "select_slider", "toggle", "checkbox", "number_input")
FEW = [("autoencoders", "Latent projections"), ("gan", "Latent arithmetic"), ("vae", "2-D latent space")]
SWEPT = [pytest.param(*each, marks=[] if each in FEW else pytest.mark.slow) for each in PAGE_TABS]


def open_with(page: str, tab: str, query: dict[str, list[str]]) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.run().switch_page(f"pages/{page}/page.py")
    if tab:
        at.session_state[tabs_of(page)[0]] = tab
    for key, values in query.items():
        at.query_params[key] = values
    return at.run()


def bound(at: AppTest, *kinds: str) -> dict[str, Any]:
    """The widgets of these kinds that have a query key, by it."""
    widgets = (each for kind in kinds for each in at.get(kind))
    return {each.proto.query_param_key: each for each in widgets if each.proto.query_param_key}


@pytest.mark.parametrize(("page", "tab"), SWEPT)
def test_bad_values_of_all_keys_open_the_defaults(page, tab, stopped_camera):
    at = sound(open_with(page, tab, {}))
    single = bound(at, *SINGLE) | {
        key: each for key, each in bound(at, "button_group").items() if not isinstance(each.value, list)
    }
    several = set(bound(at, "button_group", "multiselect")) - set(single)
    texts = set(bound(at, "text_input", "text_area"))
    assert several <= set(address.MULTIPLE) and texts <= set(address.TEXTS)
    defaults = {key: each.value for key, each in single.items() if key != tabs_of(page)[0]}
    keys = [*defaults, *several, *texts]
    for bad in BAD:
        query = dict.fromkeys(keys, bad)
        opened = open_with(page, tab, query)
        assert not opened.exception, opened.exception[0].stack_trace
        shown = bound(opened, *SINGLE, "button_group")
        for key in defaults.keys() & shown.keys():
            # a number of the address counts if the widget allows it, e.g. a seed
            assert shown[key].value == defaults[key] or str(float(shown[key].value)) in NUMBERS, (key, query[key])


def test_values_that_no_widget_should_get_are_removed():
    query = {"a": [""], "b": ["1", ""], "c": ["1e999"], "d": ["9" * 400], "write_prompt": [""], "gan2d_layers": [""]}
    assert address.usable(query) == {"write_prompt": [""], "gan2d_layers": [""]}
    good = {"a": ["x"], "b": ["nan"], "c": ["1", "2"], "write_prompt": ["inf"]}
    assert address.usable(good) == good


@pytest.mark.parametrize("text", [MARKUP, "a\nb", "$1$", "`", "``a`", "\\"])
def test_text_is_one_line_of_inline_code_that_it_cannot_leave(text):
    shown = address.as_inline_code(text)
    fence = shown.partition(" ")[0]
    inside = shown.removeprefix(fence).removesuffix(fence)
    assert set(fence) == {"`"} and inside == f" {' '.join(text.split())} " and fence not in inside


def test_no_text_is_shown_as_empty_quotation_marks():
    assert address.as_inline_code(" \n ") == "“”"


def test_a_bad_temperature_of_the_address_is_not_markdown():
    at = sound(open_with("text_generation", "Generate", {"write_temperature": [MARKUP[:30]]}))
    [text] = [each.value for each in at.info if "Invalid temperature" in each.value]
    assert address.as_inline_code(MARKUP[:30]) in text
