"""One color for each of ten classes."""

from collections.abc import Sequence

COLORS = ("#e6550d", "#3182bd", "#31a354", "#d62788", "#8c6bb1", "#d9a400", "#17a2b8", "#e34a4a", "#8c6d31", "#7a8a99")


def legend(names: Sequence[str]) -> str:
    """The legend of colors and class names, as HTML."""
    dot = (
        '<i style="display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-right:.3em;background:{}"></i>'
    )
    items = "".join(f"<span>{dot.format(c)}{n}</span>" for c, n in zip(COLORS, names, strict=True))
    return f'<div style="display:flex;flex-wrap:wrap;gap:.2rem .9rem;font-size:.85rem">{items}</div>'
