"""docs/terms.md is true: each term's label is on its tab, and its name in its module."""

import ast
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToDict

from docs import terms
from tests import visitor

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_is_the_one_that_is_made_from_the_list():
    assert terms.FILE.read_text(encoding="utf-8") == terms.table()


def test_it_holds_thirty_terms_and_more():
    assert len({term.name for term in terms.TERMS}) == len(terms.TERMS) >= 30


@pytest.mark.parametrize("term", terms.TERMS, ids=lambda term: term.name)
def test_the_module_defines_the_name(term):
    tree = ast.parse((ROOT / term.module).read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {ast.unparse(target) for target in targets}
    assert term.symbol in names


@pytest.mark.slow
@pytest.mark.parametrize("term", terms.TERMS, ids=lambda term: term.name)
def test_the_label_is_on_the_tab(term):
    at = visitor.visit(f"pages/{term.page}/page.py", **term.query)
    for key, value in term.query.items():
        assert at.session_state[key] == value
    shown = " ".join(str(MessageToDict(element.proto)) for element in at.main if element.proto is not None)
    assert term.label in shown
