"""Cached models: loaded once for all users, a cache for each loader, cleared on request."""

import pytest

from ui import model_loading


@pytest.fixture
def loads():
    seen = []

    @model_loading.cached_model("Loading one")
    def one(name: str) -> list[str]:
        seen.append(f"one {name}")
        return [name]

    @model_loading.cached_model("Loading another")
    def other(name: str) -> list[str]:
        seen.append(f"other {name}")
        return [name.upper()]

    one.clear(), other.clear()  # what the test before left
    return one, other, seen


def test_a_model_is_loaded_once_for_each_name(loads):
    one, _, seen = loads
    first = one("a")
    assert one("a") is first and one("b") == ["b"]
    assert seen == ["one a", "one b"]


def test_two_loaders_have_separate_caches(loads):
    one, other, seen = loads
    assert (one("a"), other("a")) == (["a"], ["A"])
    assert seen == ["one a", "other a"]


def test_clear_empties_one_cache(loads):
    one, other, seen = loads
    first, kept = one("a"), other("a")
    one.clear()
    assert one("a") is not first and other("a") is kept
    assert seen == ["one a", "other a", "one a"]


def test_a_failure_is_not_cached():
    tries = []

    @model_loading.cached_model("Loading")
    def broken() -> str:
        tries.append(True)
        if len(tries) == 1:
            raise OSError("not there yet")
        return "there"

    with pytest.raises(OSError, match="not there yet"):
        broken()
    assert broken() == "there"
