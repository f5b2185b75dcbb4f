"""All at once: one picture through every member, in a table that sorts by any column."""

from typing import Any

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.autoencoders import visualization as autoencoder_visualization
from pages.autoencoders import common
from ui import code_panel, image_display, presets_and_reset
from ui.component import component
from ui.page_layout import reader_text

VAE = "fashion_mnist_10d"
VAE_SAYS = "Its code is a cloud, not a point, so that the space between codes means something too."
VAE_PAGE = "pages/vae/page.py"
COLUMNS = [  # (key, title, help, how its cells are drawn, what it sorts by)
    ("name", "Member", "The order of the chapter", "text", "place"),
    ("back", "Comes back", "The picture, decoded from its code; sorts by its squared error", "picture", "error"),
    ("off", "Error", "Orange: was lost. Blue: was added; sorts by the squared error", "picture", "error"),
    ("error", "Squared error", "Mean over this picture's pixels, from 0 to 1", "bar", "error"),
    ("usual", "Held out", "The same, over all test pictures", "bar", "usual"),
    ("parameters", "Parameters", "Numbers that were learnt; shared ones count once", "bar", "parameters"),
    ("codings", "Code", "How many numbers stand for the picture", "number", "codings"),
    ("code", "Code, drawn", "A square for each number. Orange: positive, blue: negative", "picture", "codings"),
]

_table = component("comparison", __file__)


def show() -> None:
    reader_text(
        "One picture, every autoencoder of the chapter. Each was asked for the same thing, to give back what it was "
        "shown, and each was hindered in its own way: look at what that costs, and at how differently they write the "
        "picture down. **Click a heading** to sort, **a row** to look inside."
    )
    left, right = st.columns(common.COLUMNS, gap="medium")
    picture = common.given(left.container(), right)
    with left:
        common.provenance()
    if picture is None:
        return
    with right:
        rows = [_row(title, picture) for title in common.MEMBERS]
        rows.append(_variational(picture))
        for place, row in enumerate(rows):
            row["place"] = place
        key = "ae_table"

        def picked() -> None:
            title = st.session_state[key].get("pick")
            if title in common.MEMBERS:
                presets_and_reset.set_widgets({"ae_tab": "Look inside", "ae_member": title})

        columns = [dict(zip(("key", "title", "help", "kind", "by"), each, strict=True)) for each in COLUMNS]
        _table(key=key, data={"columns": columns, "rows": rows}, on_pick_change=picked)
        st.page_link(VAE_PAGE, label="The variational one has a page of its own", icon=":material/scatter_plot:")
    autoencoders = common.module()
    lesson = [autoencoders.encode, autoencoders.decode, autoencoders.squared_error, autoencoder_visualization.errors]
    code_panel.show(_script(picture), lesson, key="ae_table_code", name="autoencoders")


def _row(title: str, picture: np.ndarray) -> dict[str, Any]:
    autoencoders, (name, says) = common.module(), common.MEMBERS[title]
    model = common.load(name)
    its = autoencoders.encode(model, picture[None])
    back = autoencoders.decode(model, its)[0]
    usual = weights.model_card(f"autoencoders_{name}")["held_out"]["mean_squared_error"]
    return _cells(title, says, picture, its[0], back, usual, model.parameters) | {"opens": True}


def _variational(picture: np.ndarray) -> dict[str, Any]:
    """The last row: reconstructed from the mean of its cloud."""
    vae, model = common.variational(VAE)
    mean = vae.encode(model, picture[None])[0]
    card = weights.model_card(f"vae_{VAE}")
    usual = card["held_out"]["mean_squared_error"]
    back = vae.decode(model, mean)[0]
    return _cells("Variational", VAE_SAYS, picture, mean[0], back, usual, card["parameters"]) | {"opens": False}


def _cells(
    title: str, says: str, picture: np.ndarray, its: np.ndarray, back: np.ndarray, usual: float, parameters: int
) -> dict[str, Any]:
    return {
        "name": title,
        "says": says,
        "back": image_display.data_url(back),
        "off": image_display.data_url(autoencoder_visualization.errors(picture, back)),
        "error": autoencoder_visualization.squared_error(picture, back),
        "usual": usual,
        "parameters": parameters,
        "codings": len(its),
        "code": image_display.data_url(autoencoder_visualization.code_picture(its)),
    }


def _script(picture: np.ndarray) -> str:
    return f"""
        {code_panel.image_literal(picture)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.media import images

        backs = []
        for name in autoencoders.FAMILY:
            model = autoencoders.load(name)
            backs.append(autoencoders.reconstruct(model, picture)[0])
            error = autoencoders.squared_error(model, picture)[0]
            print(f"{{name:20}} {{error:.4f}} {{model.parameters:9,}} parameters, {{model.recipe.codings}} numbers")
        open("autoencoders.png", "wb").write(images.png(images.tile(np.stack([backs])), scale=4))
        """
