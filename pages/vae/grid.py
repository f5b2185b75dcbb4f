"""The latent grid: the plane, decoded at regular steps."""

import numpy as np
import streamlit as st

from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, image_display, image_grid, presets_and_reset
from ui.page_layout import reader_text

DEFAULTS = {"grid_n": 15, "grid_spread": "Range", "grid_extent": 3.0, "grid_width": 720, "grid_colour": False}


def show(name: str) -> None:
    left, right = st.columns([3, 7], gap="large")
    with left:
        n, spread, extent, width, colour = _controls()
    vae = common.module()
    z = vae.grid_codes(n, spread=spread.lower(), extent=extent)
    sheet = _sheet(name, n, spread.lower(), extent, colour)
    picked = st.session_state.get("grid_cell")
    if picked and max(picked) >= n:
        picked = None
    with right:
        image_grid.sheet(
            sheet,
            n,
            n,
            key=f"grid_{name}_{n}",
            label=f"Latent grid, {n} by {n} pictures. Arrow keys and Enter pick one.",
            on_pick=lambda row, column: st.session_state.update(grid_cell=(row, column)),
            width=width,
            picked=picked,
        )
    with left:
        if picked:
            _picked(name, z[picked[0] * n + picked[1]])
        else:
            st.caption("Click a picture to see it large and go there.")
        st.download_button(
            "PNG",
            sheet,
            f"vae_{name}_grid.png",
            "image/png",
            icon=":material/download:",
            on_click="ignore",
            help="The grid as it is, every picture 28 pixels wide.",
        )
    reader_text(
        "**Range** steps evenly, as a ruler does; **quantiles** step by probability, so that each cell is equally "
        "likely under the prior: the textbook's grid. Far outside, beyond three standard deviations, training never "
        "sent a code, and the decoder makes something up."
    )
    script = f"""
        from genmodels.media import images
        from genmodels.vae import model as vae

        model = vae.load({name!r})
        pictures = vae.grid(model, {n}, spread={spread.lower()!r}, extent={extent})  # ({n}, {n}, 28, 28)
        open("vae_grid.png", "wb").write(images.png(images.tile(pictures)))
        """
    code_panel.show(script, [vae.grid, vae.grid_codes, vae.decode], key="grid", name="vae_grid")


def _controls() -> tuple[int, str, float, int, bool]:
    keep = {"bind": "query-params", "persist_state": "session"}
    n = st.slider("Pictures a side", 3, 30, 15, key="grid_n", help="More pictures, smaller steps.", **keep)
    spread = st.segmented_control(
        "Steps",
        ["Range", "Quantiles"],
        default="Range",
        required=True,
        key="grid_spread",
        help="Range: equal distances. Quantiles: equal shares of the prior.",
        **keep,
    )
    extent = st.slider(
        "Reach",
        0.5,
        8.0,
        3.0,
        0.5,
        key="grid_extent",
        disabled=spread == "Quantiles",
        format="± %.1f",
        help="How far from the middle the grid goes, in standard deviations of the prior.",
        **keep,
    )
    width = st.slider("Size", 320, 1200, 720, 40, key="grid_width", format="%d px", help="Width on the screen.", **keep)
    with st.container(horizontal=True, vertical_alignment="center"):
        colour = st.toggle(
            "Colour by class", key="grid_colour", help="Each picture in the colour of the codes around it.", **keep
        )
        presets_and_reset.reset(DEFAULTS | {"grid_cell": None}, key="grid_reset")
    return n, spread, extent, width, colour


@st.cache_data(show_spinner=False, max_entries=64)
def _sheet(name: str, n: int, spread: str, extent: float, colour: bool) -> bytes:
    vae = common.module()
    decoded = vae.grid(common.load(name), n, spread=spread, extent=extent)
    if colour:
        labels = latent_map.labels_at(name, vae.grid_codes(n, spread=spread, extent=extent))
        flat = decoded.reshape(-1, *decoded.shape[2:])
        decoded = images.tint(flat, common.rgb(labels)).reshape(*decoded.shape, 3)
    return images.png(images.tile(decoded))


def _picked(name: str, z: np.ndarray) -> None:
    picture = common.module().decode(common.load(name), z[None])[0]
    image_display.show(picture, width=224, caption=f"z = ({z[0]:.2f}, {z[1]:.2f})")

    def go() -> None:
        reach = float(latent_map.load(name)["extent"])
        st.session_state[f"pad_at_{name}"] = [float(v) for v in np.clip(z, -reach, reach)]
        st.session_state["vae_tab"] = "Latent pad"

    st.button("Go there on the pad", icon=":material/near_me:", on_click=go, key="grid_go")
