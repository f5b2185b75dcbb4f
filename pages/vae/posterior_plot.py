"""One picture's Gaussian on the latent plane, and its two costs as bars: drawings as inline SVG and HTML.

SVG, because it stays square at every width, is sharp on any projector, and takes its text and line
colours from the theme.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.vae import latent_map
from ui.class_colors import COLORS

INK, FRAME = "var(--st-text-color)", "var(--st-primary-color)"
MISSING, ADDED = (1.0, 0.55, 0.1), (0.25, 0.6, 1.0)  # orange, blue
COSTS = (("Reconstruction", "#3f7fbf"), ("KL", "#e8843c"))

_drawing = st.components.v2.component(  # st.html takes the SVG out
    "svg",
    html="<div></div>",
    css="div { font-family: var(--st-font); color: var(--st-text-color); }",
    js="export default ({ parentElement, data }) => { parentElement.querySelector('div').innerHTML = data.svg; };",
)


@dataclass(frozen=True)
class Cloud:
    """What the encoder said of a picture, and codes drawn from it."""

    mean: np.ndarray  # (2,)
    sigma: np.ndarray  # (2,) standard deviations
    draws: np.ndarray  # (n, 2)

    @property
    def reach(self) -> float:
        """Half the side of a square that shows the cloud to four standard deviations."""
        return 4 * float(self.sigma.max())


def plane(name: str, cloud: Cloud | None) -> str:
    """The whole plane with the held-out codes; where the cloud is, a frame with its one- and two-sigma ellipse."""
    extent = float(latent_map.load(name)["extent"])
    if cloud is not None:  # an odd picture may lie outside what the data set fills
        extent = max(extent, 1.1 * float(np.abs(cloud.mean).max() + 2 * cloud.sigma.max()))
    parts = _codes(name, np.zeros(2), extent, radius=0.6)
    parts.insert(0, f'<path d="M50 0V100M0 50H100" stroke="{INK}" stroke-width=".2" opacity=".3"/>')
    for k in (1, 2, 3):
        r = 50 * k / extent
        parts.append(
            f'<circle cx="50" cy="50" r="{r:.2f}" fill="none" stroke="{INK}" stroke-width=".25" opacity=".5"/>'
        )
        parts.append(_text(50 + 0.7071 * r, 50 - 0.7071 * r, f"{k}σ"))
    if cloud is not None:
        (x, y), side = _place(cloud.mean, np.zeros(2), extent), max(3.0, 50 * cloud.reach / extent)
        parts.append(_ellipses(cloud, np.zeros(2), extent, width=0.5))
        parts.append(
            f'<rect x="{x - side:.2f}" y="{y - side:.2f}" width="{2 * side:.2f}" height="{2 * side:.2f}" rx="1" '
            f'fill="none" stroke="{FRAME}" stroke-width="1.2"/><circle cx="{x:.2f}" cy="{y:.2f}" r="1" fill="{INK}"/>'
        )
    return _figure(parts, "The latent plane with the held-out codes" + (" and this picture's mean" if cloud else ""))


def closer(name: str, cloud: Cloud) -> str:
    """The mean and four standard deviations around it, with the ellipses and the codes drawn from them."""
    parts = _codes(name, cloud.mean, cloud.reach, radius=1.3)
    parts.append(_ellipses(cloud, cloud.mean, cloud.reach, width=0.8))
    for z in cloud.draws:
        x, y = _place(z, cloud.mean, cloud.reach)
        parts.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.1" fill="{INK}"/>')
    parts.append(f'<path d="M47 50H53M50 47V53" stroke="{FRAME}" stroke-width="1.4" stroke-linecap="round"/>')
    for k in (1, 2):
        x, y = _place(cloud.mean + k * cloud.sigma * (0, 1), cloud.mean, cloud.reach)
        parts.append(_text(x, y - 1, f"{k}σ", "middle"))
    parts.append(
        f'<rect x=".6" y=".6" width="98.8" height="98.8" rx="3" fill="none" stroke="{FRAME}" stroke-width="1.2"/>'
    )
    return _figure(parts, "Close to the mean: the ellipses at one and two standard deviations, and ten codes drawn")


def draw(svg: str, *, key: str) -> None:
    """Put a drawing of this module on the page, as wide as its column."""
    _drawing(key=key, data={"svg": svg})


def costs(rows: list[tuple[str, float, float]]) -> str:
    """Two-part bars on one scale: (title, reconstruction, KL), both in nats."""
    longest = max(reconstruction + kl for _, reconstruction, kl in rows)
    cells = ""
    for title, *terms in rows:
        bar = "".join(
            f'<span title="{term} {value:.1f} nats" style="width:{100 * value / longest:.2f}%;background:{colour};'
            f'padding:.3rem 0;text-indent:.6rem;overflow:hidden;white-space:nowrap;color:#fff">'
            f"{f'{value:.1f}' if value > 0.12 * longest else '&nbsp;'}</span>"
            for (term, colour), value in zip(COSTS, terms, strict=True)
        )
        cells += f'<span>{title}</span><span style="display:flex;border-radius:.3rem;overflow:hidden">{bar}</span>'
        cells += f'<b style="text-align:right">{sum(terms):.1f}</b>'
    columns = "display:grid;grid-template-columns:max-content 1fr max-content;gap:.4rem .9rem;align-items:center"
    return f'<div style="{columns};font-variant-numeric:tabular-nums">{cells}</div>'


def squared(stage: np.ndarray) -> np.ndarray:
    """Any (h, w) in the middle of a transparent square, (s, s, 4): so that the stages line up."""
    h, w = stage.shape
    side = max(h, w)
    top, left = (side - h) // 2, (side - w) // 2
    out = np.zeros((side, side, 4), "uint8")
    out[top : top + h, left : left + w] = np.dstack([stage, stage, stage, np.full_like(stage, 255)])
    return out


def difference(picture: np.ndarray, again: np.ndarray) -> np.ndarray:
    """Ink that the reconstruction lacks in orange, ink that it added in blue: (28, 28, 3) float in [0, 1]."""
    off = (picture / 255 - again)[..., None]
    return np.clip(off, 0, 1) * MISSING + np.clip(-off, 0, 1) * ADDED


def _place(z: np.ndarray, centre: np.ndarray, half: float) -> np.ndarray:
    """Codes (..., 2) to the drawing, whose sides go from 0 to 100, downwards."""
    return 50 + (np.asarray(z) - centre) * (1, -1) * 50 / half


def _codes(name: str, centre: np.ndarray, half: float, *, radius: float) -> list[str]:
    """The held-out codes in view, one path of round dots per class."""
    chart = latent_map.load(name)
    at, parts = _place(chart["mean"], centre, half), []
    seen = ((at > -2) & (at < 102)).all(axis=1)
    for k, colour in enumerate(COLORS):
        dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in at[seen & (chart["label"] == k)])
        parts.append(
            f'<path d="{dots or "M-9-9"}" stroke="{colour}" stroke-width="{2 * radius}" stroke-linecap="round" '
            f'opacity=".55"/>'
        )
    return parts


def _ellipses(cloud: Cloud, centre: np.ndarray, half: float, *, width: float) -> str:
    """The covariance is diagonal: the axes of the ellipse are the axes of the plane."""
    (x, y), (a, b) = _place(cloud.mean, centre, half), 50 * cloud.sigma / half
    return "".join(
        f'<ellipse cx="{x:.2f}" cy="{y:.2f}" rx="{k * a:.3f}" ry="{k * b:.3f}" fill="{INK}" fill-opacity=".08" '
        f'stroke="{INK}" stroke-width="{width}"/>'
        for k in (1, 2)
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    place = f'x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="4" fill="{INK}" opacity=".8">{text}</text>'


def _figure(parts: list[str], label: str) -> str:
    ground = f'<rect width="100" height="100" rx="3" fill="{INK}" opacity=".045"/>'
    return (
        f'<svg viewBox="0 0 100 100" role="img" aria-label="{label}" style="display:block;width:100%;'
        f'border-radius:.6rem">{ground}{"".join(parts)}</svg>'
    )
