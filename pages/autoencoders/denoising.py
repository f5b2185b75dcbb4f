"""View Denoising: a corrupted image through a plain and two denoising autoencoders."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.autoencoders import denoising, visualization
from pages.autoencoders import common
from ui import code_panel, image_display, presets_and_reset
from ui.page_layout import result_and_controls

NOISE_TYPES = {"Gaussian noise": "gaussian", "Dropout": "dropout"}
TITLES = ("Stacked", "Denoising, Gaussian", "Denoising, dropout")
COLORS = ("#7a8a99", "#e6550d", "#3182bd")
TRAINING_NOISE = {"gaussian": 0.2, "dropout": 0.5}  # noise levels of the denoising autoencoders' training
N_TEST = 500  # images behind the chart
NOISE_LEVELS = np.linspace(0, 0.9, 10)


def show() -> None:
    result, controls = result_and_controls("denoising_and_sparsity")
    with controls:
        noise_type, noise_level, seed = _controls()
    image = common.input_image(controls, result)
    with result:
        if image is not None:
            _reconstructions(image, noise_type, noise_level, seed)
        _chart(noise_type, noise_level)
    if image is not None:
        functions = [denoising.corrupt, common.autoencoders_module().reconstruct, denoising.denoising_error]
        script = _script(image, noise_type, noise_level, seed)
        code_panel.show(script, functions, key="ae_denoising_code", name="denoising")


def _controls() -> tuple[str, float, int]:
    st.session_state.setdefault("ae_noise_seed", 0)
    title = st.segmented_control(
        "Noise type", list(NOISE_TYPES), default="Gaussian noise", required=True, key="ae_noise_type",
        label_visibility="collapsed", wrap=True,
        help="Corruption of the input: noise is added to every pixel, or pixels are set to 0.", **common.URL_BOUND,
    )  # fmt: skip
    noise_type = NOISE_TYPES[title]
    noise_level = st.slider(
        "Noise level", 0.0, 0.9, TRAINING_NOISE[noise_type], 0.05, key=f"ae_noise_level_{noise_type}",
        help="Standard deviation of the noise, or fraction of pixels dropped. The denoising autoencoders were trained "
        f"with {TRAINING_NOISE[noise_type]}; above it the stacked one fails first.", **common.URL_BOUND,
    )  # fmt: skip
    seed = st.session_state["ae_noise_seed"]
    with st.container(horizontal=True, vertical_alignment="center"):
        next_seed = partial(presets_and_reset.set_widgets, {"ae_noise_seed": seed + 1})
        tip = "New random noise of the same level."
        st.button(
            "Resample noise", key="ae_resample_noise", icon=":material/casino:", type="tertiary", help=tip,
            on_click=next_seed,
        )  # fmt: skip
        defaults = {f"ae_noise_level_{name}": level for name, level in TRAINING_NOISE.items()}
        presets_and_reset.reset(defaults, key="ae_noise_reset")
    return noise_type, noise_level, seed


def _reconstructions(image: np.ndarray, noise_type: str, noise_level: float, seed: int) -> None:

    autoencoders = common.autoencoders_module()
    corrupted = denoising.corrupt(image[None], noise_type, noise_level, seed)
    row = [("Corrupted input", corrupted[0])]
    for title in TITLES:
        row.append((title, autoencoders.reconstruct(common.load(common.NAMES[title]), corrupted)[0]))
    for column, (title, pixels) in zip(st.columns(len(row), gap="small"), row, strict=True):
        error = visualization.mean_squared_error(image, pixels, clip=True)
        image_display.show(pixels, container=column, caption=f"**{title}**  \nMSE {error:.4f}")


@st.cache_data(show_spinner="Measuring on test images", max_entries=8)
def _denoising_errors(noise_type: str, real: bool) -> list[dict[str, Any]]:
    """Mean squared error by noise level, for each of TITLES. real: `common.pool().real`."""

    clothes = common.pool().images[:N_TEST]
    rows = []
    for title in TITLES:
        errors = denoising.denoising_error(common.load(common.NAMES[title]), clothes, noise_type, NOISE_LEVELS)
        rows += [
            {"noise_level": float(level), "autoencoder": title, "error": float(error)}
            for level, error in zip(NOISE_LEVELS, errors, strict=True)
        ]
    return rows


def _chart(noise_type: str, noise_level: float) -> None:
    rows = _denoising_errors(noise_type, common.pool().real)
    x_title = "standard deviation of the noise" if noise_type == "gaussian" else "fraction of pixels dropped"
    color = {
        "field": "autoencoder",
        "type": "nominal",
        "scale": {"domain": list(TITLES), "range": list(COLORS)},
        "legend": {"orient": "top", "title": None},
    }
    encoding = {
        "x": {"field": "noise_level", "type": "quantitative", "title": x_title, "axis": {"tickCount": 10}},
        "y": {"field": "error", "type": "quantitative", "title": "test MSE"},
        "color": color,
    }
    rule = {"type": "rule", "color": "#8a8a8a", "strokeDash": [5, 4], "strokeWidth": 2}
    layers = [
        {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": encoding},
        {"mark": rule, "encoding": {"x": {"datum": noise_level, "type": "quantitative"}}},
    ]
    st.vega_lite_chart(rows, {"layer": layers}, height=255, key="ae_denoising_chart")
    st.caption(f"Mean squared error to the clean image, {N_TEST} test images. Dashed: the noise level of the slider.")


def _script(image: np.ndarray, noise_type: str, noise_level: float, seed: int) -> str:
    names = [common.NAMES[title] for title in TITLES]
    return f"""
        {code_panel.image_literal(image)}
        from genmodels.autoencoders import denoising
        from genmodels.autoencoders import model as autoencoders
        from genmodels.media import images

        corrupted = denoising.corrupt(image, {noise_type!r}, {noise_level}, seed={seed})
        row = [corrupted[0].clip(0, 1)]
        for name in {names}:
            model = autoencoders.load(name)
            row.append(autoencoders.reconstruct(model, corrupted)[0])
            print(f"{{name:20}} {{autoencoders.squared_error(model, corrupted, image)[0]:.4f}}")
        open("denoised.png", "wb").write(images.png(images.tile(np.stack([row])), scale=5))
        """
