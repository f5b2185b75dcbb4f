"""Links of the release before: every link that its documents, home page and presets held leads to the same state."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import visitor
from ui import links

FORMER = json.loads((Path(__file__).with_name("former_links.json")).read_text(encoding="utf-8"))


def _names(link: dict[str, Any]) -> str:
    tab = next((values[0] for key, values in link["query"].items() if key.endswith("_tab")), "")
    return f"{link['page']} {tab} {len(link['query'])}"


def _same(shown: Any, values: list[str]) -> bool:
    """Whether a widget shows what the address says."""
    if isinstance(shown, list | tuple) and len(values) == len(shown):
        return all(_same(*pair) for pair in zip(shown, ([each] for each in values), strict=True))
    if isinstance(shown, bool):
        return str(shown).lower() == values[0]
    if isinstance(shown, int | float):
        return float(values[0]) == pytest.approx(shown)
    return values == [str(shown)]


def test_an_update_changes_nothing_twice():
    for link in FORMER:
        present = links.updated(link["query"])
        assert links.updated(present) == present


def test_a_present_link_stays_as_it_is():
    for link in FORMER:
        present = links.updated(link["query"])
        assert not set(present) & set(links.KEYS), "a former key is left"


@pytest.mark.slow
@pytest.mark.parametrize("link", FORMER, ids=_names)
def test_a_former_link_leads_to_its_state(link, stopped_camera):
    page = links.PATHS.get(link["page"], link["page"])
    at = visitor.at_the_door(f"pages/{page}/page.py")
    for key, values in link["query"].items():
        at.query_params[key] = values
    visitor.sound(at.run())
    state = at.session_state
    present = links.updated(link["query"])
    sources = "".join(file.read_text(encoding="utf-8") for file in (visitor.ROOT / "pages" / page).glob("*.py"))
    keys = [re.sub(r"{[^}]*}", ".+", key) for key in re.findall(r'f?"([a-z]\w*(?:{\w+}\w*)*)"', sources)]
    missing = [key for key in present if key not in state and not any(re.fullmatch(each, key) for each in keys)]
    assert missing == [], "no widget of the page has this key"
    drawn = {key: values for key, values in present.items() if key in state}  # the others are of other tabs
    assert {key: (state[key], values) for key, values in drawn.items() if not _same(state[key], values)} == {}
