"""The posterior q(z|x) of an image in the latent plane as inline SVG, and the two loss terms as bars.

SVG stays square at every width, and takes its text and line colors from the theme.
"""

import numpy as np
import streamlit as st

from genmodels.vae import latent_map
from genmodels.vae.visualization import Posterior, plane_half_width, plot_coordinates
from ui.class_colors import COLORS

TEXT_COLOR, FRAME_COLOR = "var(--st-text-color)", "var(--st-primary-color)"
TERMS = (("Reconstruction", "#3f7fbf"), ("KL", "#e8843c"))  # of the loss, with their colors
ORIGIN = np.zeros(2)

_svg = st.components.v2.component(  # st.html removes SVG
    "svg",
    html="<div></div>",
    css="div { font-family: var(--st-font); color: var(--st-text-color); }",
    js="export default ({ parentElement, data }) => { parentElement.querySelector('div').innerHTML = data.svg; };",
)


def show_svg(svg: str, *, key: str) -> None:
    """Show a plot of this module, as wide as its container."""
    _svg(key=key, data={"svg": svg})


def latent_plot(name: str, posterior: Posterior | None) -> str:
    """The latent plane with the test images; the posterior as 1 and 2 sigma ellipses in a frame."""
    half_width = plane_half_width(latent_map.half_width(name), posterior)
    parts = [f'<path d="M50 0V100M0 50H100" stroke="{TEXT_COLOR}" stroke-width=".2" opacity=".3"/>']
    parts += _test_images(name, ORIGIN, half_width, radius=0.6)
    for k in (1, 2, 3):
        r = 50 * k / half_width
        parts.append(
            f'<circle cx="50" cy="50" r="{r:.2f}" fill="none" stroke="{TEXT_COLOR}" stroke-width=".25" opacity=".5"/>'
        )
        parts.append(_text(50 + 0.7071 * r, 50 - 0.7071 * r, f"{k}σ"))
    label = "Latent plane with the latent vectors of test images"
    if posterior is not None:
        x, y = plot_coordinates(posterior.mean, ORIGIN, half_width)
        half = max(3.0, 50 * posterior.half_width / half_width)
        parts.append(_ellipses(posterior, ORIGIN, half_width, line_width=0.5))
        parts.append(
            f'<rect x="{x - half:.2f}" y="{y - half:.2f}" width="{2 * half:.2f}" height="{2 * half:.2f}" rx="1" '
            f'fill="none" stroke="{FRAME_COLOR}" stroke-width="1.2"/>'
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1" fill="{TEXT_COLOR}"/>'
        )
        label += " and the posterior of your image"
    return _figure(parts, label)


def zoomed_plot(name: str, posterior: Posterior) -> str:
    """The posterior within four standard deviations of its mean: ellipses and samples."""
    center, half_width = posterior.mean, posterior.half_width
    parts = _test_images(name, center, half_width, radius=1.3)
    parts.append(_ellipses(posterior, center, half_width, line_width=0.8))
    for x, y in plot_coordinates(posterior.samples, center, half_width):
        parts.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.1" fill="{TEXT_COLOR}"/>')
    parts.append(f'<path d="M47 50H53M50 47V53" stroke="{FRAME_COLOR}" stroke-width="1.4" stroke-linecap="round"/>')
    for k in (1, 2):
        x, y = plot_coordinates(center + k * posterior.sigma * (0, 1), center, half_width)
        parts.append(_text(x, y - 1, f"{k}σ", "middle"))
    parts.append(
        f'<rect x=".6" y=".6" width="98.8" height="98.8" rx="3" fill="none" stroke="{FRAME_COLOR}" stroke-width="1.2"/>'
    )
    return _figure(parts, "The posterior: ellipses at one and two standard deviations, and ten samples")


def loss_bars(rows: list[tuple[str, float, float]]) -> str:
    """Stacked bars on one scale: (title, reconstruction, KL), both in nats."""
    longest = max(reconstruction + kl for _, reconstruction, kl in rows)
    cells = ""
    for title, *values in rows:
        bar = "".join(
            f'<span title="{term} {value:.1f} nats" style="width:{100 * value / longest:.2f}%;background:{color};'
            f'padding:.2rem 0;text-indent:.6rem;overflow:hidden;white-space:nowrap;color:#fff">'
            f"{f'{value:.1f}' if value > 0.12 * longest else '&nbsp;'}</span>"
            for (term, color), value in zip(TERMS, values, strict=True)
        )
        cells += f'<span>{title}</span><span style="display:flex;border-radius:.3rem;overflow:hidden">{bar}</span>'
        cells += f'<b style="text-align:right">{sum(values):.1f}</b>'
    columns = "display:grid;grid-template-columns:max-content 1fr max-content;gap:.3rem .9rem;align-items:center"
    return f'<div style="{columns};font-variant-numeric:tabular-nums">{cells}</div>'


def _test_images(name: str, center: np.ndarray, half_width: float, *, radius: float) -> list[str]:
    """The latent vectors of the test images inside the plot, one SVG path of dots per class."""
    arrays = latent_map.load(name)
    xy, parts = plot_coordinates(arrays["mean"], center, half_width), []
    inside = ((xy > -2) & (xy < 102)).all(axis=1)
    for label, color in enumerate(COLORS):
        dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in xy[inside & (arrays["label"] == label)])
        parts.append(
            f'<path d="{dots or "M-9-9"}" stroke="{color}" stroke-width="{2 * radius}" stroke-linecap="round" '
            f'opacity=".55"/>'
        )
    return parts


def _ellipses(posterior: Posterior, center: np.ndarray, half_width: float, *, line_width: float) -> str:
    """The 1 and 2 sigma ellipses; the covariance is diagonal, so they are parallel to the axes."""
    x, y = plot_coordinates(posterior.mean, center, half_width)
    rx, ry = 50 * posterior.sigma / half_width
    return "".join(
        f'<ellipse cx="{x:.2f}" cy="{y:.2f}" rx="{k * rx:.3f}" ry="{k * ry:.3f}" fill="{TEXT_COLOR}" '
        f'fill-opacity=".08" stroke="{TEXT_COLOR}" stroke-width="{line_width}"/>'
        for k in (1, 2)
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    attributes = f'x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}"'
    return f'<text {attributes} font-size="4" fill="{TEXT_COLOR}" opacity=".8">{text}</text>'


def _figure(parts: list[str], label: str) -> str:
    background = f'<rect width="100" height="100" rx="3" fill="{TEXT_COLOR}" opacity=".045"/>'
    return (
        f'<svg viewBox="0 0 100 100" role="img" aria-label="{label}" style="display:block;width:100%;'
        f'border-radius:.6rem">{background}{"".join(parts)}</svg>'
    )
