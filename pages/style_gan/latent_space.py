"""Latent space: a path in Z beside the same path in W, a 2-D slice of W, and the mapping network in two dimensions."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.media import images
from genmodels.style_gan import latent_space
from genmodels.style_gan.latent_space import N_DIRECTIONS
from pages.style_gan import common, direction_sliders, shared_controls
from pages.style_gan.components import image_table, mapping_planes
from ui import code_panel, presets_and_reset
from ui.components import latent_slice
from ui.page_layout import result_and_controls

PATHS, PLANE, MAPPING = "Path in Z and in W", "2-D slice of W", "Mapping network"
PATH_STEPS, VIDEO_FRAMES = 9, 48
CELLS = 17  # images per side of the slice
DEFAULTS = {
    "style_gan_seed": shared_controls.DEFAULT_SEED,
    "style_gan_end_seed": 2,
    "style_gan_truncation_psi": shared_controls.DEFAULT_PSI,
    "style_gan_x_direction": "Direction 1",
    "style_gan_y_direction": "Direction 2",
}


@dataclass(frozen=True)
class Code:
    """What the code panel of a view shows."""

    script: str
    functions: list[Callable]
    key: str
    name: str


def show(name: str) -> None:
    common.load(name)
    _latent_space(name)


@st.fragment
def _latent_space(name: str) -> None:
    result, controls = result_and_controls("latent_space", (5, 2))
    with controls, st.container(gap="small"):
        view = st.radio(
            "View",
            list(VIEWS),
            key="style_gan_latent_view",
            label_visibility="collapsed",
            **common.URL_BOUND,
        )
        label = shared_controls.class_control(name)
        seed = shared_controls.seed_control()
        code = VIEWS.get(view, _paths)(name, label, seed, result)
    if code is not None:
        code_panel.show(code.script, code.functions, key=code.key, name=code.name)


# --- paths ------------------------------------------------------------------------------------


def _paths(name: str, label: int, seed: int, result: DeltaGenerator) -> "Code | None":
    end = int(
        st.number_input(
            "End seed",
            0,
            shared_controls.MAX_SEED,
            DEFAULTS["style_gan_end_seed"],
            key="style_gan_end_seed",
            help="Seed of the end of both paths, 0 to 99,999.",
            **common.URL_BOUND,
        )
    )
    psi = shared_controls.psi_control()
    actions = st.container(horizontal=True, gap="small")
    strips = _path_images(name, label, seed, end, psi, PATH_STEPS)
    blend = images.blend(strips[0, 0], strips[0, -1], PATH_STEPS)  # for comparison
    distances = np.stack([latent_space.step_distances(each) for each in (*strips, blend)])
    with result:
        image_table.show(
            np.concatenate([strips, blend[None]]),
            ["Path in Z\n(spherical)", "Path in W\n(linear)", "Pixel\nblending"],
            [str(seed), *[""] * (PATH_STEPS - 2), str(end)],
            key="style_gan_paths",
            label="A path in Z and a path in W between the same two images",
            corner="Seed",
            bars=distances,
        )
        sums, largest = distances.sum(axis=1), distances.max(axis=1)
        st.caption(
            f"Bars: root mean square difference of the pixels of two neighbors. Sum: {sums[0]:.2f} in Z, "
            f"{sums[1]:.2f} in W. Largest step: {largest[0]:.2f} in Z, {largest[1]:.2f} in W.",
            help="Both paths have the same ends. In Z every point is mapped to w, so the path in W is curved and some "
            "steps are longer than others. The perceptual path lengths of many paths stand in How it works.",
        )
    with actions:
        st.download_button(
            "GIF",
            lambda: images.animate(
                np.concatenate(_path_images(name, label, seed, end, psi, VIDEO_FRAMES), axis=2), "gif", fps=20, scale=6
            ),
            "style_gan_paths.gif",
            key="style_gan_paths_download",
            icon=":material/movie:",
            on_click="ignore",
            help="Both paths side by side, Z at the left.",
        )
        presets_and_reset.reset(DEFAULTS, key="style_gan_paths_reset")
    script = f"""
        from genmodels.media import images
        from genmodels.style_gan import latent_space
        from genmodels.style_gan import model as style_gan

        model = style_gan.load({name!r})
        start, end = (style_gan.sample_latents(model, 1, seed)[0] for seed in ({seed}, {end}))
        noise = style_gan.sample_noise(model, 1, {shared_controls.DEFAULT_NOISE_SEED})
        for space in ("z", "w"):
            w = latent_space.path(model, start, end, {label}, space=space, steps={PATH_STEPS})
            w = style_gan.truncate(model, w, [{label}] * {PATH_STEPS}, {psi})
            path = style_gan.synthesize(model, w, noise)
            print(space, latent_space.step_distances(path).round(3))
            open(f"path_{{space}}.png", "wb").write(images.png(images.tile(path[None], gap=1), scale=4))
        """
    functions = [latent_space.path, latent_space.slerp, latent_space.step_distances]
    return Code(script, functions, "style_gan_paths_code", "style_gan_paths")


@st.cache_data(show_spinner=False, max_entries=60)
def _path_images(name: str, label: int, seed: int, end: int, psi: float, steps: int) -> np.ndarray:
    """Images (2, steps, h, w[, 3]) of the path in Z and of the path in W."""
    style_gan, model = common.module(), common.load(name)
    a, b = common.seed_latents(name, [seed, end])
    w = [latent_space.path(model, a, b, label, space=space, steps=steps) for space in ("z", "w")]
    flat = np.concatenate(w)
    flat = style_gan.truncate(model, flat, np.full(len(flat), label), psi)
    generated = common.synthesize(model, flat, common.noise(name, shared_controls.DEFAULT_NOISE_SEED))
    return generated.reshape(2, steps, *generated.shape[1:])


# --- slice ------------------------------------------------------------------------------------


def _plane(name: str, label: int, seed: int, result: DeltaGenerator) -> "Code | None":
    names = [f"Direction {k + 1}" for k in range(N_DIRECTIONS)]
    axes = []
    columns = st.columns(2, gap="small")
    for k, (axis, text) in enumerate((("x", "left to right"), ("y", "bottom to top"))):
        key = f"style_gan_{axis}_direction"
        selected = columns[k].selectbox(
            f"{axis} direction",
            names,
            k,
            format_func=lambda direction: direction.removeprefix("Direction "),
            key=key,
            help=f"Principal direction of W of this class, {text}, −3 to 3 standard deviations.",
            **common.URL_BOUND,
        )
        axes.append(names.index(selected) if selected in names else k)
    psi = shared_controls.psi_control()
    presets_and_reset.reset(DEFAULTS, key="style_gan_slice_reset")
    with result:
        if axes[0] == axes[1]:
            st.info("Choose two different directions.", icon=":material/open_with:")
            return None
        latent_slice.show(
            _plane_images(name, label, seed, psi, *axes),
            start=(0.0, 0.0),
            token=f"{name} {label} {seed} {axes}",
            axes=(names[axes[0]], names[axes[1]]),
            key="style_gan_slice",
            on_release=lambda x, y: None,
        )
        st.caption(
            "Drag over the slice. The middle is the image of the seed; the edges are 3 standard deviations away."
        )
        script = f"""
        from genmodels.media import images
        from genmodels.style_gan import latent_space
        from genmodels.style_gan import model as style_gan

        model = style_gan.load({name!r})
        w = style_gan.map_latents(model, style_gan.sample_latents(model, 1, {seed}), [{label}])
        w = style_gan.truncate(model, w, [{label}], {psi})[0, 0]  # ({128},)
        directions, deviations = latent_space.principal_directions(model, {label})
        u, v = (deviations[k] * directions[k] for k in {tuple(axes)})
        plane = latent_space.plane(w, u, v, size=9, extent=3.0)  # (9, 9, {128})
        noise = style_gan.sample_noise(model, 1, {shared_controls.DEFAULT_NOISE_SEED})
        sheet = style_gan.synthesize(model, plane.reshape(81, -1), noise)
        open("slice.png", "wb").write(images.png(images.tile(sheet.reshape(9, 9, *sheet.shape[1:])), scale=3))
        """
        functions = [latent_space.principal_directions, latent_space.plane]
        return Code(script, functions, "style_gan_slice_code", "style_gan_slice")


@st.cache_data(show_spinner="Generating the slice", max_entries=30)
def _plane_images(name: str, label: int, seed: int, psi: float, i: int, j: int) -> np.ndarray:
    """Images (CELLS^2, h, w[, 3]) of the slice through the w of a seed, top row first."""
    style_gan, model = common.module(), common.load(name)
    directions, deviations = direction_sliders.principal_directions(name, label)
    w = style_gan.map_latents(model, common.seed_latents(name, [seed]), [label])
    w = style_gan.truncate(model, w, [label], psi)[0, 0]
    u, v = (deviations[k] * directions[k] for k in (i, j))
    plane = latent_space.plane(w, u, v, size=CELLS, extent=latent_slice.EXTENT)
    noise = common.noise(name, shared_controls.DEFAULT_NOISE_SEED)
    return common.synthesize(model, plane.reshape(CELLS**2, -1), noise)


# --- mapping network --------------------------------------------------------------------------


def _mapping(name: str, label: int, seed: int, result: DeltaGenerator) -> "Code | None":
    psi = shared_controls.psi_control()
    presets_and_reset.reset(DEFAULTS, key="style_gan_mapping_reset")
    st.caption(
        "z is divided by its length, so the latent vectors lie on a sphere. The left plane is a 2-D part of it; the "
        "right one shows the same points after each dense layer."
    )
    grid = mapping_planes.polar_grid()
    stages, explained, generated = _mapped(name, label, seed, psi)
    with result:
        mapping_planes.show(
            grid, stages, explained, generated, token=f"{name} {label} {seed} {psi}", key="style_gan_mapping_planes"
        )
        script = f"""
        import numpy as np

        from genmodels.style_gan import latent_space
        from genmodels.style_gan import model as style_gan

        model = style_gan.load({name!r})
        angle = np.linspace(0, 2 * np.pi, 97)
        ring = np.deg2rad(45) * np.stack([np.cos(angle), np.sin(angle)], axis=1)  # 45 degrees from z
        z = latent_space.sphere_patch(style_gan.sample_latents(model, 1, {seed})[0], ring)
        for k, x in enumerate(latent_space.mapping_layers(model, z, {label})):
            plane, explained = latent_space.project_to_plane(x, ring)
            length = np.linalg.norm(np.diff(plane, axis=0), axis=1)
            print(f"{{k}} layers: {{100 * explained:.0f}} % of the variance, longest / shortest step "
                  f"{{length.max() / length.min():.1f}}")
        """
        functions = [latent_space.sphere_patch, latent_space.mapping_layers, latent_space.project_to_plane]
        return Code(script, functions, "style_gan_mapping_code", "style_gan_mapping")


@st.cache_data(show_spinner="Mapping the latent vectors", max_entries=20)
def _mapped(name: str, label: int, seed: int, psi: float) -> tuple[list[np.ndarray], list[float], np.ndarray]:
    """The grid after each layer (n, 2), the explained parts of the variance, and the images of its nodes."""
    style_gan, model, grid = common.module(), common.load(name), mapping_planes.polar_grid()
    z = latent_space.sphere_patch(common.seed_latents(name, [seed])[0], grid.positions)
    outputs = latent_space.mapping_layers(model, z, label)
    stages, explained = [grid.positions], [1.0]
    for x in outputs[1:]:
        plane, fraction = latent_space.project_to_plane(x, stages[-1])
        stages.append(plane)
        explained.append(fraction)
    w = outputs[-1][grid.nodes]
    w = style_gan.truncate(model, w, np.full(len(w), label), psi)
    noise = common.noise(name, shared_controls.DEFAULT_NOISE_SEED)
    return stages, explained, common.synthesize(model, w, noise)


VIEWS: dict[str, Callable[[str, int, int, DeltaGenerator], Code | None]] = {
    PATHS: _paths,
    PLANE: _plane,
    MAPPING: _mapping,
}
