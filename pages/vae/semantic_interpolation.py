"""The semantic grid: twelve pictures, and what lies between them."""

import numpy as np
import streamlit as st

from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, image_grid, presets_and_reset
from ui.page_layout import reader_text

# The classes of the twelve, row by row.
SEMANTIC = {"mnist": (0, 6, 5, 3, 2, 8, 9, 4, 1, 7, 9, 3), "fashion_mnist": (1, 3, 0, 2, 4, 6, 8, 5, 7, 9, 9, 5)}


def show(name: str, model_name: str) -> None:
    vae, model = common.module(), common.load(model_name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        k = st.number_input(
            "Examples",
            1,
            400,
            1,
            key="semantic_k",
            width=160,
            help="Which example of each class stands in the table.",
            **common.KEEP,
        )
        presets_and_reset.reset({"semantic_k": 1}, key="semantic_reset")
    corners = np.stack([latent_map.class_example(model_name, label, k + i) for i, label in enumerate(SEMANTIC[name])])
    codes = vae.semantic_grid(corners.reshape(3, 4, -1))
    pictures = vae.decode(model, codes.reshape(35, -1)).reshape(5, 7, 28, 28)
    image_grid.sheet(
        images.png(images.tile(pictures), scale=3),
        5,
        7,
        key="semantic",
        width=900,
        label="Semantic grid: five rows of seven pictures",
        on_pick=lambda row, column: None,
        marks=[(row, column) for row in (0, 2, 4) for column in (0, 2, 4, 6)],
    )
    reader_text(
        "Twelve codes, framed, in three rows of four; every other picture lies between its neighbours, in codes, not "
        "in pixels. (Hands-On Machine Learning, chapter 17; there the resizing shifts the twelve, here they stay.)"
    )
    script = f"""
        import numpy as np
        from genmodels.media import images
        from genmodels.vae import latent_map
        from genmodels.vae import model as vae

        model = vae.load({model_name!r})
        corners = [latent_map.class_example({model_name!r}, label, {k} + i) for i, label in enumerate({SEMANTIC[name]})]
        codes = vae.semantic_grid(np.reshape(corners, (3, 4, -1)))  # (5, 7, {model.latent_dim})
        pictures = vae.decode(model, codes.reshape(35, -1)).reshape(5, 7, 28, 28)
        open("vae_semantic.png", "wb").write(images.png(images.tile(pictures), scale=4))
        """
    code_panel.show(script, [vae.semantic_grid], key="semantic", name="vae_semantic")
