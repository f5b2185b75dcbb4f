"""The vocabulary: no private word stands on the screen, in a docstring or in a name where the field has a term."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from tests import visitor

ROOT = Path(__file__).resolve().parents[2]
CODE = ("app.py", "genmodels", "pages", "ui", "training", "benchmarks")

# Whole words, with the term to use. A word that the field itself uses in another sense is not here.
WORDS = {
    # British spelling; APIs and this project write American
    r"colou?red (?:by|text)": "text heatmap",
    "colou?rs? by its opinion": "color by discriminator score",
    "colour(?:s|ed|ful)?": "color",
    "grey(?:s|scale)?": "gray",
    r"(?:de)?(?:optimis|visualis|normalis|stylis|parameteris|regularis|randomis|initialis|quantis)\w*": "-ize",
    r"synthesis(?:e|ed|es|ing)": "synthesize, generate",
    "behaviours?": "behavior",
    r"neighbour\w*": "neighbor",
    "centred?": "center",
    "learnt": "trained, learned",
    "dreamt": "DeepDream image",
    # text generation
    "surpris(?:e|es|ed)": "surprisal",
    "as learnt": "temperature 1",
    "as the network believes": "temperature 1",
    "invented words?": "out-of-vocabulary words",
    # VAE, autoencoders
    "asleep": "inactive",
    "goes in": "input",
    "comes? back": "reconstruction",
    "there and back": "reconstruction",
    "mend(?:ed|ing|s)?": "denoise, fix",
    "silent": "inactive",
    "never saw": "test set",
    "tuned": "fine-tuned",
    # DeepDream, convnets
    "make more of": "objective",
    "climb(?:s|ed|ing)?": "gradient ascent",
    "what (?:it|a filter|a neuron|filters) looks? for": "filter visualization",
    "equal details": "Laplacian pyramid normalization",
    "give lost detail back": "reinject lost detail",
    "where it looked": "class activation heatmap",
    "shake": "transformation robustness",
    # style transfer
    "manners?": "style",
    "paint(?:s|ed|ing)? (?:a|the|it|again|with)": "stylize",
    "what counts": "loss weights",
    "way down": "optimizer",
    "(?:steps|sizes|pictures|images|numbers) (?:a|an) (?:size|octave|side|second|character)": "per",
    "stroke size": "style scale (stroke size)",
    "only a part": "mask",
    "films?": "video",
    "laid on": "style strength",
    # GANs
    "walls?": "grid of samples",
    "judges?": "discriminator",
    "flight recorder": "training history",
    "telling": "principal",
    "break it": "ablation",
    "as it should be": "baseline",
    "collapse meter": "mode-collapse monitor",
    "heaps?": "Gaussians, modes, clusters",
    "pushes": "gradients",
    "mixed company": "reference batch",
    "taken for real": "classified as real",
    "nobody ever made": "generated",
    # general
    "shipped": "pretrained",
    "pictures?": "image",
    "next in line": "queued",
    "go on": "resume, continue",
    "believes?": "predicts",
    "anew": "again",
    "awake": "loaded",
    "wakes?": "load",
    "by heart": "overfitting",
    "in a hurry": "learning rate too high",
    "twin": "copy",
}
ALLOWED = {  # a private word where it is the field's own, or a name that a weight file holds
    "stroke size": ["Style scale (stroke size)"],
    "colour(?:s|ed|ful)?": ['__name__ = "Colour"'],
    r"(?:de)?(?:optimis|visualis|normalis|stylis|parameteris|regularis|randomis|initialis|quantis)\w*": [
        '__name__ = "Normalise"'
    ],
    "pushes": ["pushes the code to 0 or 1"],
}
NAMES = {  # parts of identifiers
    *("told", "asked", "kept", "shown", "made", "moved", "painted", "begun", "said", "judged"),
    *("picture", "pictures", "wall", "walls", "manner", "manners", "film", "films", "eye", "company", "opinion"),
    *("share", "shares", "wish", "usual", "whose", "its", "meanwhile", "anew", "alive", "asleep", "heaps", "judge"),
    *("telling", "climb", "climbed", "answers", "surprise", "colour", "colours", "grey", "normalised", "stylise"),
    *("beside", "nearer", "upward", "story", "tricks", "trick", "broken", "learnt", "shipped", "palette", "beyond"),
}
FORMER = {ROOT / "ui/links.py", ROOT / "ui/former_keys.py"}  # hold the words of former links, to read them


def _files(*suffixes: str) -> list[Path]:
    found = [ROOT / "app.py"] if ".py" in suffixes else []
    for folder in CODE[1:]:
        found += [file for file in sorted((ROOT / folder).rglob("*")) if file.suffix in suffixes and file not in FORMER]
    assert found
    return found


def _private(text: str) -> list[str]:
    """What a text says in private words: "word -> term"."""
    found = []
    for word, term in WORDS.items():
        for match in re.finditer(rf"(?<![\w-])(?:{word})(?![\w-])", text, re.I):
            around = text[max(0, match.start() - 30) : match.end() + 30]
            if not any(allowed in around for allowed in ALLOWED.get(word, ())):
                found.append(f"{' '.join(around.split())!r}: {match[0]} -> {term}")
    return found


def _identifiers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names that a file defines: functions, classes, parameters, variables, fields."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield (node.id if isinstance(node, ast.Name) else node.attr), node.lineno


@pytest.mark.parametrize("file", _files(".py"), ids=lambda file: str(file.relative_to(ROOT)))
def test_source_uses_the_terms(file):
    """Strings (labels, texts, docstrings), comments and names of a module."""
    text = file.read_text(encoding="utf-8")
    names = {
        f"line {line}: {name}"
        for name, line in _identifiers(ast.parse(text))
        if set(name.strip("_").lower().replace("held_out", "").split("_")) & NAMES  # held-out data is a standard term
    }
    assert _private(text) + sorted(names) == []


@pytest.mark.parametrize("file", _files(".js", ".html", ".css"), ids=lambda file: str(file.relative_to(ROOT)))
def test_components_use_the_terms(file):
    assert _private(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "file",
    [*ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("weights/*.json")],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_documents_use_the_terms(file):
    assert _private(file.read_text(encoding="utf-8")) == []


def _texts(message: Any) -> Iterator[str]:
    """All strings of an element that a visitor reads; not what a component is sent, nor code."""
    if isinstance(message, dict):
        for key, value in message.items():
            if key not in {"id", "url", "key", "jsContent", "cssContent", "htmlContent", "json", "data", "formId"}:
                yield from _texts(value)
    elif isinstance(message, list):
        for each in message:
            yield from _texts(each)
    elif isinstance(message, str):
        yield message


@pytest.mark.slow
@pytest.mark.parametrize(("page", "tab"), visitor.PAGE_TABS, ids=lambda each: str(each))
def test_screens_use_the_terms(page, tab, stopped_camera):
    """What a visitor reads on every tab of every page, as it opens."""
    at = visitor.open_tab(page, tab)
    for element in (*at.sidebar, *at.main):
        if element.proto is not None and element.type not in {"code", "imgs", "arrow_vega_lite_chart"}:
            assert _private(" ".join(_texts(MessageToDict(element.proto)))) == []
