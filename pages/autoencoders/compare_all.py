"""Tab Compare all: one image through every autoencoder, in a table that sorts by any column."""

from typing import Any

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.autoencoders import visualization
from pages.autoencoders import common
from pages.autoencoders.components.comparison_table import comparison_table
from ui import code_panel, image_display, presets_and_reset
from ui.page_layout import result_and_controls

VAE = "fashion_mnist_10d"
VAE_NOTE = "Its code is a distribution, not a point, which makes the latent space continuous."
VAE_PAGE = "pages/vae/page.py"


def show() -> None:
    result, controls = result_and_controls("compare_all", (3, 1))
    image = common.input_image(controls, result)
    if image is None:
        constraints = [{"Autoencoder": title, "Constraint": text} for title, (_, text) in common.MODELS.items()]
        result.table(constraints, border="horizontal")
        return
    with result:
        rows = [_row(title, image) for title in common.MODELS]
        comparison_table([*rows, _vae_row(image)], key="ae_table", on_select=_inspect)
    with controls:
        st.caption("**Click a heading** to sort, **a row** to inspect that autoencoder.")
        st.page_link(VAE_PAGE, label="Variational autoencoder", icon=":material/scatter_plot:")
    autoencoders = common.autoencoders_module()
    functions = [
        autoencoders.encode,
        autoencoders.decode,
        autoencoders.squared_error,
        visualization.residual_image,
        visualization.code_heatmap,
    ]
    code_panel.show(_script(image), functions, key="ae_table_code", name="autoencoders")


def _inspect(title: str) -> None:
    if title in common.MODELS:
        view = {"ae_tab": "Codes", "ae_codes_view": "Weights and codes"}
        presets_and_reset.set_widgets(view | {"ae_model": title})


def _row(title: str, image: np.ndarray) -> dict[str, Any]:
    autoencoders, (name, description) = common.autoencoders_module(), common.MODELS[title]
    model = common.load(name)
    code = autoencoders.encode(model, image[None])
    reconstruction = autoencoders.decode(model, code)[0]
    card = weights.model_card(f"autoencoders_{name}")
    return _cells(title, description, image, code[0], reconstruction, card) | {"selectable": True}


def _vae_row(image: np.ndarray) -> dict[str, Any]:
    """The variational autoencoder: the reconstruction of the mean of q(z given x)."""
    vae, model = common.load_vae(VAE)
    mean = vae.encode(model, image[None])[0]
    reconstruction = vae.decode(model, mean)[0]
    card = weights.model_card(f"vae_{VAE}")
    return _cells("Variational", VAE_NOTE, image, mean[0], reconstruction, card) | {"selectable": False}


def _cells(
    title: str, description: str, image: np.ndarray, code: np.ndarray, reconstruction: np.ndarray, card: dict[str, Any]
) -> dict[str, Any]:
    return {
        "name": title,
        "description": description,
        "reconstruction": image_display.data_url(reconstruction),
        "residual": image_display.data_url(visualization.residual_image(image, reconstruction)),
        "error": visualization.mean_squared_error(image, reconstruction),
        "test_error": card["held_out"]["mean_squared_error"],
        "parameters": card["parameters"],
        "code_size": len(code),
        "code": image_display.data_url(visualization.code_heatmap(code)),
    }


def _script(image: np.ndarray) -> str:
    return f"""
        {code_panel.image_literal(image)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders.config import MODELS
        from genmodels.media import images

        reconstructions = []
        for name in MODELS:
            model = autoencoders.load(name)
            reconstructions.append(autoencoders.reconstruct(model, image)[0])
            error = autoencoders.squared_error(model, image)[0]
            print(f"{{name:20}} {{error:.4f}} {{model.parameters:9,}} parameters, {{model.config.code_size}} units")
        open("autoencoders.png", "wb").write(images.png(images.tile(np.stack([reconstructions])), scale=4))
        """
