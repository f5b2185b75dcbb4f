"""Mode "Semantic interpolation" of the tab "Interpolation": a grid of twelve images, interpolated to 5 × 7."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels import latent_space
from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, presets_and_reset
from ui.components import image_grid

CLASSES = {  # of the twelve images, row by row
    "mnist": (0, 6, 5, 3, 2, 8, 9, 4, 1, 7, 9, 3),
    "fashion_mnist": (1, 3, 0, 2, 4, 6, 8, 5, 7, 9, 9, 5),
}


def show(name: str, model_name: str, result: DeltaGenerator, controls: DeltaGenerator) -> None:
    vae, model = common.module(), common.load(model_name)
    with controls:
        k = common.example_control("semantic_example", 1)
        presets_and_reset.reset({"semantic_example": 1}, key="semantic_reset")
    z = [latent_map.class_example(model_name, label, k + i) for i, label in enumerate(CLASSES[name])]
    grid = latent_space.semantic_grid(np.reshape(z, (3, 4, -1)))
    decoded = vae.decode(model, grid.reshape(35, -1)).reshape(5, 7, 28, 28)
    with result:
        image_grid.show(
            images.png(images.tile(decoded), scale=3),
            5,
            7,
            key="semantic",
            width=620,
            label="Semantic interpolation: five rows of seven images",
            on_pick=lambda row, column: None,
            marks=[(row, column) for row in (0, 2, 4) for column in (0, 2, 4, 6)],
        )
        st.caption("Framed: latent vectors of twelve test images. The others are interpolated between their neighbors.")
    script = f"""
        import numpy as np
        from genmodels import latent_space
        from genmodels.media import images
        from genmodels.vae import latent_map
        from genmodels.vae import model as vae

        model = vae.load({model_name!r})
        z = [latent_map.class_example({model_name!r}, label, {k} + i) for i, label in enumerate({CLASSES[name]})]
        grid = latent_space.semantic_grid(np.reshape(z, (3, 4, -1)))  # (5, 7, {model.latent_dim})
        decoded = vae.decode(model, grid.reshape(35, -1)).reshape(5, 7, 28, 28)
        open("vae_semantic_interpolation.png", "wb").write(images.png(images.tile(decoded), scale=4))
        """
    code_panel.show(script, [latent_space.semantic_grid], key="semantic", name="vae_semantic_interpolation")
