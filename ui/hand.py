"""A hand on a plane that can be dragged: what the scripts of components that have one share."""

from pathlib import Path


def script(own: Path) -> str:
    """A component's script, `handOn` and `readSheet` of `hand.js` before it: a component has one script only."""
    return "\n".join(file.read_text(encoding="utf-8") for file in (Path(__file__).with_suffix(".js"), own))
