"""View Code size: stacked autoencoders with codes of 2 to 1,000 units."""

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.autoencoders.config import CODE_SIZES, IMAGE_SIZE
from pages.autoencoders import common
from ui import code_panel, image_display
from ui.page_layout import result_and_controls

N_PIXELS = IMAGE_SIZE**2
LINE_COLOR = "#3182bd"


def show() -> None:
    result, controls = result_and_controls("codes")
    code_size = controls.select_slider(
        "Code size", CODE_SIZES, value=16, key="ae_code_size",
        help="Units of the code. Each of the eight autoencoders was trained separately with its code size.",
        **common.URL_BOUND,
    )  # fmt: skip
    image = common.input_image(controls, result)
    with result:
        if image is not None:
            ratio = N_PIXELS / code_size
            pixels_per_unit = f"{ratio:.0f}" if ratio > 10 else f"{ratio:.1f}"
            caption = f"{pixels_per_unit} pixels per unit" if ratio > 1 else "more than pixels"
            common.reconstruction_row(common.load(f"size_{code_size}"), image, caption)
            _all_sizes(code_size, image)
        _chart(code_size)
    if image is not None:
        autoencoders = common.autoencoders_module()
        functions = [autoencoders.encode, autoencoders.decode, autoencoders.squared_error]
        code_panel.show(_script(image), functions, key="ae_size_code", name="code_sizes")


def _all_sizes(selected: int, image: np.ndarray) -> None:
    for column, size in zip(st.columns(len(CODE_SIZES), gap="xsmall"), CODE_SIZES, strict=True):
        reconstruction = common.autoencoders_module().reconstruct(common.load(f"size_{size}"), image[None])[0]
        caption = f"**{size:,}**" if size == selected else f"{size:,}"
        image_display.show(reconstruction, container=column, caption=caption)


def _chart(selected: int) -> None:
    """Test error by code size, from the model cards."""
    rows = [
        {
            "code_size": size,
            "error": weights.model_card(f"autoencoders_size_{size}")["held_out"]["mean_squared_error"],
            "selected": size == selected,
        }
        for size in CODE_SIZES
    ]
    scale = {"type": "log", "base": 2}
    x = {"field": "code_size", "type": "quantitative", "title": "code size (units)", "scale": scale}
    y = {"field": "error", "type": "quantitative", "title": "test MSE", "axis": {"tickCount": 4}}
    spec = {
        "layer": [
            {"mark": {"type": "line", "color": LINE_COLOR, "strokeWidth": 2.5}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "circle", "color": LINE_COLOR, "opacity": 1},
                "encoding": {
                    "x": x | {"axis": {"values": CODE_SIZES}},
                    "y": y,
                    "size": {"condition": {"test": "datum.selected", "value": 320}, "value": 80},
                    "tooltip": [{"field": "code_size"}, {"field": "error", "format": ".4f"}],
                },
            },
        ]
    }
    st.vega_lite_chart(rows, spec, height=190, key="ae_size_chart")
    st.caption("Beyond some size the code is no longer the bottleneck: the layers beside it have 300 units.")


def _script(image: np.ndarray) -> str:
    return f"""
        {code_panel.image_literal(image)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders.config import CODE_SIZES
        from genmodels.media import images

        reconstructions = []
        for code_size in CODE_SIZES:
            model = autoencoders.load(f"size_{{code_size}}")
            reconstructions.append(autoencoders.reconstruct(model, image)[0])
            print(f"{{code_size:5}} units: {{autoencoders.squared_error(model, image)[0]:.4f}}")
        open("code_sizes.png", "wb").write(images.png(images.tile(np.stack([reconstructions])), scale=4))
        """
