"""Noise: the same w with many noises, in some of the layers, and the standard deviation of the pixels."""

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import colormap
from genmodels.media import images
from genmodels.style_gan import latent_space
from pages.style_gan import common, shared_controls
from pages.style_gan.components import image_table
from ui import code_panel, presets_and_reset
from ui.page_layout import result_and_controls

COLUMNS = {"No noise": (), "Coarse": ("coarse",), "Middle": ("middle",), "Fine": ("fine",), "All": None}
N_NOISES = 16  # of which the standard deviation is computed
N_ROWS = 4
DEFAULTS = {
    "style_gan_seed": shared_controls.DEFAULT_SEED,
    "style_gan_truncation_psi": shared_controls.DEFAULT_PSI,
    "style_gan_noise_seed": shared_controls.DEFAULT_NOISE_SEED,
}


def show(name: str) -> None:
    common.load(name)
    _noise(name)


@st.fragment
def _noise(name: str) -> None:
    result, controls = result_and_controls("noise", (5, 2))
    with controls, st.container(gap="small"):
        label = shared_controls.class_control(name)
        seed = shared_controls.seed_control()
        psi = shared_controls.psi_control()
        noise_seed = shared_controls.noise_seed_control()
        actions = st.container(horizontal=True, gap="small")
    table, deviations = _generate(name, label, seed, psi, noise_seed)
    top = max(float(deviations.max()), 1e-6)
    colors = colormap.colorize(deviations / top)
    rgb = table if table.ndim == 5 else np.repeat(table[..., None], 3, axis=4)
    with result:
        image_table.show(
            np.concatenate([rgb, colors[None]]),
            [*(f"Noise {k + 1}" for k in range(N_ROWS)), "Standard\ndeviation"],
            [title if title in ("No noise", "All") else f"{title} only" for title in COLUMNS],
            key="style_gan_noise_table",
            label="The same w with several noises, in the layers of each column; below, the standard deviation",
        )
        percent = ", ".join(
            f"{title.lower()} {100 * float(each.mean()):.1f} %"
            for title, each in list(zip(COLUMNS, deviations, strict=True))[1:]
        )
        st.caption(
            f"Standard deviation of {N_NOISES} noises, in percent of the pixel range: black 0, light yellow "
            f"{100 * top:.0f} %. Mean: {percent}.",
            help="Where the image depends on the noise: edges, fur, leaves, not the class or the pose.",
        )
    with actions:
        st.download_button(
            "PNG",
            lambda: images.png(images.tile(np.concatenate([rgb, colors[None]]), gap=1, background=255), scale=4),
            "style_gan_noise.png",
            key="style_gan_noise_download",
            icon=":material/download:",
            on_click="ignore",
        )
        presets_and_reset.reset(DEFAULTS, key="style_gan_noise_reset")
    _code(name, label, seed, psi, noise_seed)


@st.cache_data(show_spinner=False, max_entries=60)
def _generate(name: str, label: int, seed: int, psi: float, noise_seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (N_ROWS, columns, h, w[, 3]) of one w, and standard deviations (columns, h, w)."""
    style_gan, model = common.module(), common.load(name)
    w = style_gan.map_latents(model, common.seed_latents(name, [seed]), [label])
    w = style_gan.truncate(model, w, [label], psi)
    ranges = style_gan.style_ranges(model)
    columns, deviations = [], []
    for names in COLUMNS.values():
        layers = None if names is None else [k for each in names for k in ranges[each]]
        n = N_ROWS if layers == [] else N_NOISES  # without noise all are equal
        generated, deviation = latent_space.noise_deviation(model, w[0], n=n, seed=noise_seed, layers=layers)
        columns.append(common.crop(model, generated[:N_ROWS]))
        deviations.append(common.crop(model, deviation[None])[0])
    return np.stack(columns, axis=1), np.stack(deviations)


def _code(name: str, label: int, seed: int, psi: float, noise_seed: int) -> None:
    style_gan = common.module()
    script = f"""
        from genmodels.convnet_visualization import colormap
        from genmodels.media import images
        from genmodels.style_gan import latent_space
        from genmodels.style_gan import model as style_gan

        model = style_gan.load({name!r})
        w = style_gan.map_latents(model, style_gan.sample_latents(model, 1, {seed}), [{label}])
        w = style_gan.truncate(model, w, [{label}], {psi})[0]  # (layers, {128})
        for title, layers in style_gan.style_ranges(model).items():  # noise in these layers only
            _, deviation = latent_space.noise_deviation(model, w, n={N_NOISES}, seed={noise_seed}, layers=layers)
            print(f"{{title}}: {{100 * deviation.mean():.2f}} % of the pixel range")
        generated, deviation = latent_space.noise_deviation(model, w, n={N_NOISES}, seed={noise_seed})
        open("noises.png", "wb").write(images.png(images.tile(generated[None], gap=1), scale=4))
        open("deviation.png", "wb").write(images.png(colormap.colorize(deviation / deviation.max()), scale=12))
        """
    functions = [latent_space.noise_deviation, latent_space.mask_noise, style_gan.sample_noise]
    code_panel.show(script, functions, key="style_gan_noise_code", name="style_gan_noise")
