"""View "Decoded grid" of the tab "2-D latent space": the latent plane, decoded on a regular grid."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels import latent_space
from genmodels.media import images
from genmodels.vae import latent_map
from pages.vae import common
from ui import code_panel, image_display, presets_and_reset
from ui.components import image_grid

SPACINGS = {"Linear": "linear", "Normal quantiles": "normal_quantiles"}
DEFAULTS = {
    "grid_images_per_side": 15,
    "grid_spacing": "Linear",
    "grid_half_width": 3.0,
    "grid_width": 520,
    "grid_color_by_class": False,
}


def show(name: str, result: DeltaGenerator, controls: DeltaGenerator) -> None:
    with controls:
        images_per_side, spacing, half_width, width, color_by_class = _controls()
    vae = common.module()
    z = latent_space.latent_grid(images_per_side, spacing=spacing, half_width=half_width)
    png = _decode_grid(name, images_per_side, spacing, half_width, color_by_class)
    selected = st.session_state.get("grid_cell")
    if selected and max(selected) >= images_per_side:
        selected = None
    with result:
        image_grid.show(
            png,
            images_per_side,
            images_per_side,
            key=f"grid_{name}_{images_per_side}",
            label=f"Decoded grid, {images_per_side} by {images_per_side} images. Select one with arrow keys and Enter.",
            on_pick=lambda row, column: st.session_state.update(grid_cell=(row, column)),
            width=width,
            picked=selected,
        )
    with controls:
        if selected:
            _show_selected(name, z[selected[0] * images_per_side + selected[1]])
        else:
            st.caption("Click an image to enlarge it.")
        st.download_button(
            "Download PNG",
            png,
            f"vae_{name}_grid.png",
            "image/png",
            icon=":material/download:",
            on_click="ignore",
            help="The grid at 28 pixels per image.",
        )
    script = f"""
        from genmodels.media import images
        from genmodels.vae import model as vae

        model = vae.load({name!r})
        grid = vae.decode_grid(model, {images_per_side}, spacing={spacing!r}, half_width={half_width})
        open("vae_grid.png", "wb").write(images.png(images.tile(grid)))
        """
    functions = [vae.decode_grid, latent_space.latent_grid, vae.decode]
    code_panel.show(script, functions, key="grid", name="vae_grid")


def _controls() -> tuple[int, str, float, int, bool]:
    """Images per side, spacing, half-width, width in pixels, color by class."""
    images_per_side = st.slider(
        "Images per side",
        3,
        30,
        15,
        key="grid_images_per_side",
        help="Number of images per row and column.",
        **common.URL_BOUND,
    )
    spacing = st.segmented_control(
        "Spacing",
        list(SPACINGS),
        default="Linear",
        required=True,
        key="grid_spacing",
        help="Linear: equally spaced latent values. Normal quantiles: cells of equal probability under the prior, as "
        "in the textbook (`norm.ppf`).",
        **common.URL_BOUND,
    )
    half_width = st.slider(
        "Range (± σ)",
        0.5,
        8.0,
        3.0,
        0.5,
        key="grid_half_width",
        disabled=spacing == "Normal quantiles",
        help="Half-width of the grid, in standard deviations of the prior. Beyond 3 there were no training data, so "
        "the decoder extrapolates.",
        **common.URL_BOUND,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("More settings"):
            width = st.slider(
                "Width (px)", 320, 1200, 520, 40, key="grid_width", help="Width of the grid.", **common.URL_BOUND
            )
            color_by_class = st.toggle(
                "Color by class",
                key="grid_color_by_class",
                help="Color each image by the majority class of the 15 nearest latent vectors.",
                **common.URL_BOUND,
            )
        presets_and_reset.reset(DEFAULTS | {"grid_cell": None}, key="grid_reset")
    return images_per_side, SPACINGS[spacing], half_width, width, color_by_class


@st.cache_data(show_spinner=False, max_entries=64)
def _decode_grid(name: str, images_per_side: int, spacing: str, half_width: float, color_by_class: bool) -> bytes:
    """The grid as PNG."""
    vae = common.module()
    decoded = vae.decode_grid(common.load(name), images_per_side, spacing=spacing, half_width=half_width)
    if color_by_class:
        z = latent_space.latent_grid(images_per_side, spacing=spacing, half_width=half_width)
        flat = decoded.reshape(-1, *decoded.shape[2:])
        colors = common.class_rgb(latent_map.majority_labels(name, z))
        decoded = images.tint(flat, colors).reshape(*decoded.shape, 3)
    return images.png(images.tile(decoded))


def _show_selected(name: str, z: np.ndarray) -> None:
    def show_in_latent_space() -> None:
        st.session_state[f"pad_z_{name}"] = latent_map.clip_to_plane(name, z)
        st.session_state["latent_view"] = "Latent plane"

    image = common.module().decode(common.load(name), z[None])[0]
    image_display.show(image, width=140, caption=f"z = ({z[0]:.2f}, {z[1]:.2f})")
    st.button("Show in latent space", icon=":material/near_me:", on_click=show_in_latent_space, key="grid_show")
