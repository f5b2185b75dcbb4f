"""Components: their files, the shared script before their own, and names that do not collide."""

import re
from pathlib import Path

import pytest

from ui import component

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(file for folder in ("pages", "ui") for file in (ROOT / folder).rglob("*.js"))
DECLARATION = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


def test_a_component_has_the_shared_script_and_those_that_it_needs_before_its_own(tmp_path, monkeypatch):
    (tmp_path / "parts").mkdir()
    for name, text in {"parts/plane.html": "<b>", "parts/plane.js": "own", "needed.js": "needed"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = {}
    monkeypatch.setattr(component.st.components.v2, "component", lambda name, **parts: given.update(parts, name=name))
    component.component("parts/plane", str(tmp_path / "page.py"), "needed.js")
    shared = component.CANVAS.read_text(encoding="utf-8")
    assert given == {"name": "plane", "html": "<b>", "css": None, "js": f"{shared}\nneeded\nown"}


def test_a_component_without_a_script_has_none(tmp_path, monkeypatch):
    for name, text in {"figure.html": "<b>", "figure.css": "b {}"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = {}
    monkeypatch.setattr(component.st.components.v2, "component", lambda name, **parts: given.update(parts, name=name))
    component.component("figure", str(tmp_path / "page.py"))
    assert given == {"name": "figure", "html": "<b>", "css": "b {}", "js": None}


def test_names_of_components_are_unique():
    names = [file.stem for folder in ("pages", "ui") for file in (ROOT / folder).rglob("*.html")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_declares_nothing_that_the_shared_script_declares(script):
    if script != component.CANVAS:
        shared = DECLARATION.findall(component.CANVAS.read_text(encoding="utf-8"))
        assert not set(shared) & set(DECLARATION.findall(script.read_text(encoding="utf-8")))


# Safari 16.0 has none of these. A function that the browser lacks ends the script; a declaration in CSS is ignored.
LACKING = re.compile(
    r"OffscreenCanvas|\.movement[XY]\b|\.(?:filter|letterSpacing) *= *[\"'`]|\bfilter: *[\"'`]|"  # drawing
    r"\.(?:toSorted|toSpliced|toReversed|with|isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference|toArray)\(|"
    r"withResolvers|Promise\.try|groupBy|fromAsync|Float16Array|\(\?<[=!]|^ *static \{|"  # the language
    r"requestIdleCallback|scrollend|checkVisibility|showPopover|CompressionStream|ImageDecoder",  # the browser
    re.MULTILINE,
)
LACKING_IN_CSS = re.compile(
    r"color-mix\(|light-dark\(|rgb\(from |text-wrap|field-sizing|@scope|@property|anchor\(|^ *&|"
    r"(?<!none; )(?<!-webkit-)user-select:",  # -webkit-user-select must stand before it
    re.MULTILINE,
)
STYLES = sorted(file for folder in ("pages", "ui") for file in (ROOT / folder).rglob("*.css"))


def without_comments(script: Path) -> str:
    return re.sub(r"//.*", "", script.read_text(encoding="utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_uses_only_what_safari_16_has(script):
    assert LACKING.findall(without_comments(script)) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.stem)
def test_a_style_uses_only_what_safari_16_has(style):
    assert LACKING_IN_CSS.findall(style.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_keys_are_handled_by_the_shared_script_which_leaves_tab_to_the_browser(script):
    assert script == component.CANVAS or "keydown" not in without_comments(script)
