"""View Weights and codes: first-layer weights, latent traversal, activating examples, interpolation of one model."""

from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels import weights
from genmodels.autoencoders import visualization
from genmodels.media import images
from pages.autoencoders import common
from ui import code_panel, image_display
from ui.page_layout import result_and_controls

N_EXAMPLES = 12  # images with the largest and the smallest activation of the selected unit
N_TRAVERSAL = 11  # images of a latent traversal
N_INTERPOLATION = 13  # images of an interpolation
MAX_FILTERS = 100  # first-layer weights shown
MAX_UNITS = 30  # code units whose activating images are shown together
IMAGES_PER_UNIT = 6


def show() -> None:
    result, controls = result_and_controls("codes")
    with controls:
        title = st.selectbox(
            "Autoencoder", list(common.MODELS), index=list(common.MODELS).index("Stacked"), key="ae_model",
            help="The model whose weights and codes are shown.", **common.URL_BOUND,
        )  # fmt: skip
        name, description = common.MODELS[title]
        card, model = weights.model_card(f"autoencoders_{name}"), common.load(name)
        codes = common.pool_codes(name, common.pool().real)
        units = visualization.highest_variance_units(codes, MAX_UNITS)
        unit = _unit_control(name, units)
    image = common.input_image(controls, result)
    with result:
        if image is not None:
            common.reconstruction_row(model, image, "orange: positive")
            _latent_traversal(model, codes, image, unit)
        _first_layer_weights(model)
        st.caption(
            f"**{title}.** {description} Test MSE {card['held_out']['mean_squared_error']:.4f}, "
            f"{card['parameters']:,} parameters, code size {card['code_size']}."
        )
    _activating_examples(codes, units, unit)
    if image is not None:
        _interpolation(model, image)
        functions = [
            visualization.first_layer_weights,
            visualization.max_activating_examples,
            visualization.latent_traversal,
            visualization.interpolate,
        ]
        code_panel.show(_script(name, image, unit), functions, key="ae_inspect", name=f"autoencoder_{name}")


def _unit_control(name: str, units: np.ndarray) -> int:
    """The index of the selected unit; labels count from 1."""
    options = [int(unit) + 1 for unit in units]
    tip = "The unit that is varied in the latent traversal. Units with the highest variance over the images come first."
    return st.select_slider("Code unit", options, key=f"ae_unit_{name}", help=tip, **common.URL_BOUND) - 1


def _latent_traversal(model: Any, codes: np.ndarray, image: np.ndarray, unit: int) -> None:
    code = common.autoencoders_module().encode(model, image[None])[0]
    traversal = visualization.latent_traversal(model, code, codes, unit, N_TRAVERSAL)
    _strip(traversal, f"**Latent traversal** of unit {unit + 1}: small to large, all other units fixed")


def _first_layer_weights(model: Any) -> None:
    kernels, what = visualization.first_layer_weights(model)
    image_display.show(
        visualization.weight_sheet(kernels[:MAX_FILTERS]),
        caption=f"**First-layer weights** of {len(kernels)} units as {what}. Orange: positive, blue: negative.",
    )


def _activating_examples(codes: np.ndarray, units: np.ndarray, unit: int) -> None:
    st.subheader("Maximally activating images per code unit", anchor=False)
    clothes = common.pool().images
    for column, third in zip(st.columns(3, gap="medium"), np.array_split(units, 3), strict=True):
        rows = [visualization.max_activating_examples(codes, each, IMAGES_PER_UNIT)[0] for each in third]
        caption = f"Units {', '.join(str(each + 1) for each in third)}, a row each"
        image_display.show(
            images.tile(np.stack([clothes[row] for row in rows]), gap=1), container=column, caption=caption
        )
    largest, smallest = visualization.max_activating_examples(codes, unit, N_EXAMPLES)
    left, right = st.columns(2, gap="medium")
    for column, which, rows in ((left, "largest", largest), (right, "smallest", smallest)):
        caption = f"Images with the {which} activation of unit {unit + 1} ({codes[rows[0], unit]:.2f} at the left)"
        _strip(clothes[rows], caption, column)


def _interpolation(model: Any, image: np.ndarray) -> None:
    st.subheader("Interpolation between two images", anchor=False)
    clothes = common.pool().images
    target = st.number_input(
        "Interpolate to", 0, len(clothes) - 1, 1, key="ae_interpolate_to", width=170,
        help="Index of the second image in the test images.", **common.URL_BOUND,
    )  # fmt: skip
    decoded, blended = visualization.interpolate(model, image, clothes[target], N_INTERPOLATION)
    left, right = st.columns(2, gap="medium")
    _strip(decoded, "Interpolation between the two codes, decoded", left)
    _strip(blended, "Pixel blending, for comparison", right)


def _strip(row: np.ndarray, caption: str, container: DeltaGenerator | None = None) -> None:
    image_display.show(images.tile(row[None], gap=1), container=container, caption=caption)


def _script(name: str, image: np.ndarray, unit: int) -> str:
    return f"""
        {code_panel.image_literal(image)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import visualization
        from genmodels.data import fashion_samples
        from genmodels.media import images

        clothes = fashion_samples.generated_images().images  # or test_images(), if Fashion-MNIST is on this machine
        model = autoencoders.load({name!r})
        codes = autoencoders.encode(model, clothes)
        for unit in visualization.highest_variance_units(codes, 5):
            largest, smallest = visualization.max_activating_examples(codes, unit, 12)
            print(f"unit {{unit + 1}}: {{codes[smallest[0], unit]:.2f}} to {{codes[largest[0], unit]:.2f}}")
        code = autoencoders.encode(model, image)[0]
        traversal = visualization.latent_traversal(model, code, codes, {unit}, {N_INTERPOLATION})
        decoded, blended = visualization.interpolate(model, image[0], clothes[1], {N_INTERPOLATION})
        rows = np.stack([traversal, decoded, blended])
        open("traversal_and_interpolation.png", "wb").write(images.png(images.tile(rows), scale=3))
        """
