"""Noise: a damaged picture goes in, and who was trained for it gives back a clean one."""

from functools import partial

import numpy as np
import streamlit as st

from genmodels.autoencoders import visualization as autoencoder_visualization
from pages.autoencoders import common
from ui import code_panel, image_display, presets_and_reset
from ui.page_layout import reader_text

KINDS = {"Gaussian noise": "gaussian", "Dropped pixels": "dropout"}
TITLES = ("Stacked", "Denoising, Gaussian", "Denoising, dropout")
COLOURS = ("#7a8a99", "#e6550d", "#3182bd")
TAUGHT = {"gaussian": 0.2, "dropout": 0.5}  # what the denoising ones were trained with
MEASURED = 500  # pictures behind the curve
AMOUNTS = np.linspace(0, 0.9, 10)


def show() -> None:
    reader_text(
        "An autoencoder that is shown a damaged picture and asked for the clean one cannot copy. It has to know what "
        "clothes look like, and pull what it sees towards that. Turn the damage up, also past what they were "
        "trained with: the plain stacked one carries it along, the denoising ones take it away."
    )
    left, right = st.columns(common.COLUMNS, gap="medium")
    picture = common.given(left.container(), right)
    with left:
        common.provenance()
    with right:
        kind, amount, seed = _controls()
        if picture is not None:
            _mended(picture, kind, amount, seed)
        _curve(kind, amount)
    if picture is not None:
        autoencoders = common.module()
        lesson = [autoencoders.corrupted, autoencoders.reconstruct, autoencoder_visualization.mending]
        code_panel.show(_script(picture, kind, amount, seed), lesson, key="ae_noise_code", name="denoising")


def _controls() -> tuple[str, float, int]:
    st.session_state.setdefault("ae_noise_seed", 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.segmented_control(
            "Damage", list(KINDS), default="Gaussian noise", required=True, key="ae_noise_kind",
            help="Noise is added to every pixel, or pixels are lost.", **common.KEEP,
        )  # fmt: skip
        kind = KINDS[title]
        amount = st.slider(
            "How much", 0.0, 0.9, TAUGHT[kind], 0.05, key=f"ae_noise_{kind}", width=420,
            help=f"Standard deviation of the noise, or share of pixels that are lost; they were taught with "
            f"{TAUGHT[kind]}. Expect the stacked one to fall behind first.", **common.KEEP,
        )  # fmt: skip
        seed = st.session_state["ae_noise_seed"]
        fresh = partial(presets_and_reset.set_widgets, {"ae_noise_seed": seed + 1})
        tip = "The same damage, thrown anew: what comes back should hardly change."
        st.button("Other noise", key="ae_noise_again", icon=":material/casino:", help=tip, on_click=fresh)
        presets_and_reset.reset({f"ae_noise_{each}": value for each, value in TAUGHT.items()}, key="ae_noise_reset")
    return kind, amount, seed


def _mended(picture: np.ndarray, kind: str, amount: float, seed: int) -> None:
    autoencoders = common.module()
    damaged = autoencoders.corrupted(picture[None], kind, amount, seed)
    shown = [(damaged[0], "Goes in", damaged[0])]
    for title in TITLES:
        back = autoencoders.reconstruct(common.load(common.NAMES[title]), damaged)[0]
        shown.append((back, title, back))
    for column, (each, caption, back) in zip(st.columns(len(shown), gap="small"), shown, strict=True):
        off = autoencoder_visualization.squared_error(picture, np.clip(back, 0, 1))  # as it is seen
        image_display.show(each, place=column, caption=f"**{caption}**  \n{off:.4f} from the clean picture")


@st.cache_data(show_spinner="Measuring on test pictures", max_entries=8)
def _measured(kind: str, real: bool) -> list[dict]:
    """Mean squared error by amount of damage, for each of TITLES; real: which pool, as in `inside.codes`."""
    clothes = common.pool().pictures[:MEASURED]
    rows = []
    for title in TITLES:
        off = autoencoder_visualization.mending(common.load(common.NAMES[title]), clothes, kind, AMOUNTS)
        rows += [{"amount": float(a), "member": title, "error": float(e)} for a, e in zip(AMOUNTS, off, strict=True)]
    return rows


def _curve(kind: str, amount: float) -> None:
    rows = _measured(kind, common.pool().real)
    axis = "standard deviation of the noise" if kind == "gaussian" else "share of pixels lost"
    here = {"mark": {"type": "rule", "color": "#8a8a8a", "strokeDash": [5, 4], "strokeWidth": 2}}
    spec = {
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2.5},
                "encoding": {
                    "x": {"field": "amount", "type": "quantitative", "title": axis, "axis": {"tickCount": 10}},
                    "y": {"field": "error", "type": "quantitative", "title": "squared error"},
                    "color": {
                        "field": "member",
                        "type": "nominal",
                        "scale": {"domain": list(TITLES), "range": list(COLOURS)},
                        "legend": {"orient": "top", "title": None},
                    },
                },
            },
            here | {"encoding": {"x": {"datum": amount, "type": "quantitative"}}},
        ]
    }
    st.vega_lite_chart(rows, spec, height=280, key="ae_noise_curve")
    st.caption(f"Distance from the clean picture, mean of {MEASURED} test pictures. Dashed: the slider.")


def _script(picture: np.ndarray, kind: str, amount: float, seed: int) -> str:
    names = [common.NAMES[title] for title in TITLES]
    return f"""
        {code_panel.image_literal(picture)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.media import images

        damaged = autoencoders.corrupted(picture, {kind!r}, {amount}, seed={seed})
        row = [damaged[0].clip(0, 1)]
        for name in {names}:
            model = autoencoders.load(name)
            row.append(autoencoders.reconstruct(model, damaged)[0])
            print(f"{{name:20}} {{autoencoders.squared_error(model, damaged, picture)[0]:.4f}}")
        open("denoised.png", "wb").write(images.png(images.tile(np.stack([row])), scale=5))
        """
