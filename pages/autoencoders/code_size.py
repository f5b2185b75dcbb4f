"""Size: the same autoencoder with codes from two numbers to more than there are pixels."""

import numpy as np
import streamlit as st

from genmodels import weights
from pages.autoencoders import common
from ui import code_panel, image_display
from ui.page_layout import reader_text

PIXELS = 784
LINE = "#3182bd"


def sizes() -> list[int]:
    """The trained sizes of a code."""
    return list(common.module().SIZES)


def show() -> None:
    reader_text(
        "How many numbers does a garment need? With two, the network tells kinds apart and little else. With thirty "
        "it has the cut, with a hundred the buttons. **Undercomplete** codes have to choose what matters. "
        "**Overcomplete** ones, larger than the picture itself, have room for every pixel: nothing asks them to "
        "find out what clothes have in common."
    )
    left, right = st.columns(common.COLUMNS, gap="medium")
    picture = common.given(left.container(), right)
    with left:
        common.provenance()
    every = sizes()
    with right:
        size = st.select_slider(
            "Numbers in the code", every, value=16, key="ae_size",
            help="Eight networks, each trained on its own with a code of this size.", **common.KEEP,
        )  # fmt: skip
        if picture is not None:
            share = PIXELS / size
            told = f"one for every {share:.{0 if share > 10 else 1}f} pixels" if share > 1 else "more than pixels"
            common.there_and_back(common.load(f"size_{size}"), picture, told)
            _all(every, size, picture)
        _curve(every, size)
    if picture is not None:
        autoencoders = common.module()
        code_panel.show(
            _script(picture), [autoencoders.encode, autoencoders.decode], key="ae_size_code", name="code_sizes"
        )


def _all(every: list[int], size: int, picture: np.ndarray) -> None:
    for column, each in zip(st.columns(len(every)), every, strict=True):
        back = common.module().reconstruct(common.load(f"size_{each}"), picture[None])[0]
        image_display.show(back, place=column, caption=f"**{each:,}**" if each == size else f"{each:,}")


def _curve(every: list[int], size: int) -> None:
    """Held-out error by size of the code, from the cards."""
    rows = [
        {
            "size": each,
            "error": weights.model_card(f"autoencoders_size_{each}")["held_out"]["mean_squared_error"],
            "here": each == size,
        }
        for each in every
    ]
    x = {"field": "size", "type": "quantitative", "title": "numbers in the code", "scale": {"type": "log", "base": 2}}
    y = {"field": "error", "type": "quantitative", "title": "held-out squared error"}
    spec = {
        "layer": [
            {"mark": {"type": "line", "color": LINE, "strokeWidth": 2.5}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "circle", "color": LINE, "opacity": 1},
                "encoding": {
                    "x": x | {"axis": {"values": every}},
                    "y": y,
                    "size": {"condition": {"test": "datum.here", "value": 320}, "value": 80},
                    "tooltip": [{"field": "size"}, {"field": "error", "format": ".4f"}],
                },
            },
        ]
    }
    st.vega_lite_chart(rows, spec, height=260, key="ae_size_curve")
    first, last = rows[-2], rows[-1]
    st.caption(
        f"Measured on test pictures. From {first['size']:,} to {last['size']:,} numbers the error goes from "
        f"{first['error']:.4f} to {last['error']:.4f}: past some size, what is missing is no longer room. "
        "(The layers beside the code have 300 units: no longer code can carry more than they do.)"
    )


def _script(picture: np.ndarray) -> str:
    return f"""
        {code_panel.image_literal(picture)}
        from genmodels.autoencoders import model as autoencoders
        from genmodels.media import images

        backs = []
        for size in autoencoders.SIZES:
            model = autoencoders.load(f"size_{{size}}")
            backs.append(autoencoders.reconstruct(model, picture)[0])
            print(f"{{size:5}} numbers: {{autoencoders.squared_error(model, picture)[0]:.4f}}")
        open("code_sizes.png", "wb").write(images.png(images.tile(np.stack([backs])), scale=4))
        """
