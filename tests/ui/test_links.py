"""Links of earlier releases open the same state under the present keys and values."""

import pytest

from ui import links


@pytest.fixture
def tables(monkeypatch):
    monkeypatch.setattr(links, "KEYS", {"old_key": "key"})
    monkeypatch.setattr(links, "VALUES", {"key": {"old value": "value"}})
    monkeypatch.setattr(links, "EXPANDED", {"tab": {"old tab": {"tab": "new tab", "view": "second"}}})


def test_present_keys_and_values_stay(tables):
    query = {"key": ["value"], "tab": ["new tab"], "other": ["a", "b"]}
    assert links.updated(query) == query


def test_former_keys_and_values_are_replaced(tables):
    assert links.updated({"old_key": ["old value", "c"]}) == {"key": ["value", "c"]}


def test_a_present_key_wins_over_a_former_one(tables):
    assert links.updated({"old_key": ["a"], "key": ["b"]}) == {"key": ["b"]}


def test_a_former_value_becomes_several_keys(tables):
    assert links.updated({"tab": ["old tab"]}) == {"tab": ["new tab"], "view": ["second"]}


def test_a_key_of_the_query_wins_over_an_added_one(tables):
    assert links.updated({"tab": ["old tab"], "view": ["first"]}) == {"tab": ["new tab"], "view": ["first"]}


def test_every_expanded_value_names_its_own_key():
    for key, values in links.EXPANDED.items():
        assert all(key in several for several in values.values())
