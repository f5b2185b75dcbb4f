"""Explore: one image with all its inputs, and beside it samples, all classes, or sliders along principal directions."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.media import images
from genmodels.style_gan import latent_space
from pages.style_gan import common, direction_sliders, shared_controls
from pages.style_gan.components import image_table, seed_walk
from ui import code_panel, image_display, presets_and_reset
from ui.page_layout import result_and_controls

SAMPLES, ALL_CLASSES, DIRECTIONS, ADAIN = "Samples", "All classes", "Principal directions", "AdaIN"
NO_CLASS = "None"
GRID = 5  # samples per side of the grid
N_WALK, FRAMES_PER_SEED = 4, 10  # of Anim
DEFAULTS = shared_controls.DEFAULTS | {
    "style_gan_cutoff": None,
    "style_gan_second_class": NO_CLASS,
    "style_gan_mixing_weight": 0.5,
    "style_gan_anim": False,
    **direction_sliders.DEFAULTS,
}


@dataclass(frozen=True)
class Inputs:
    """The inputs of the generator that the controls set; all images of the tab have them, except the seed and class."""

    name: str
    seed: int
    label: int
    second_label: int | None
    mixing_weight: float
    psi: float
    cutoff: int
    noise_seed: int | None

    def labels(self, n: int) -> np.ndarray:
        """(n, classes): the weights of the classes."""
        one_hot = np.eye(len(common.class_names(self.name)), dtype="float32")
        row = one_hot[self.label]
        if self.second_label is not None:
            row = (1 - self.mixing_weight) * row + self.mixing_weight * one_hot[self.second_label]
        return np.repeat(row[None], n, axis=0)


def show(name: str) -> None:
    model = common.load(name)
    _explore(name, len(model.layer_sizes))


@st.fragment  # a control reruns this tab only
def _explore(name: str, n_layers: int) -> None:
    result, controls = result_and_controls("explore", (5, 2))
    with controls, st.container(gap="small"):
        inputs, is_animated = _controls(name, n_layers)
    with result:
        view = _view_control(name)
        if view == ADAIN:
            _adain(inputs)
        else:
            _image_and_view(inputs, view, is_animated)
    _code(inputs)


def _image_and_view(inputs: Inputs, view: str, is_animated: bool) -> None:
    """The large image, and samples, all classes or sliders beside it."""
    left, right = st.columns((6, 7) if view == DIRECTIONS else (1, 1), gap="medium")
    with right:  # the sliders first: the image depends on them
        shift = direction_sliders.show(inputs) if view == DIRECTIONS else direction_sliders.shift(inputs)
    with left:
        _large_image(inputs, shift, is_animated)
    with right:
        if view == SAMPLES:
            _samples(inputs)
        elif view == ALL_CLASSES:
            _all_classes(inputs)


# --- controls ---------------------------------------------------------------------------------


def _view_control(name: str) -> str:
    views = [SAMPLES, ALL_CLASSES, DIRECTIONS]
    if name in common.ADAIN and common.is_trained(common.ADAIN[name]):
        views.append(ADAIN)
    if st.session_state.get("style_gan_view") not in views:
        st.session_state["style_gan_view"] = views[0]
    return st.segmented_control(
        "View", views, required=True, key="style_gan_view", label_visibility="collapsed", **common.URL_BOUND
    )


def _controls(name: str, n_layers: int) -> tuple[Inputs, bool]:
    label = shared_controls.class_control(name)
    seed = shared_controls.seed_control()
    psi = shared_controls.psi_control()
    cutoff = shared_controls.cutoff_control(n_layers)
    noise_seed = shared_controls.noise_control()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_animated = st.toggle(
            "Anim",
            key="style_gan_anim",
            help=f"A walk through {N_WALK} seeds, from this one and back to it. Snap: rounds to the nearest seed.",
            **common.URL_BOUND,
        )
        presets_and_reset.reset(DEFAULTS | {"style_gan_cutoff": n_layers}, key="style_gan_explore_reset")
    with st.expander("Class mixing", icon=":material/merge:"):
        second, weight = _class_mixing(name)
    return Inputs(name, seed, label, second, weight, psi, cutoff, noise_seed), is_animated


def _class_mixing(name: str) -> tuple[int | None, float]:
    names = [NO_CLASS, *common.class_names(name)]
    if st.session_state.get("style_gan_second_class") not in names:
        st.session_state["style_gan_second_class"] = NO_CLASS
    selected = st.selectbox(
        "Second class",
        names,
        key="style_gan_second_class",
        help="The label becomes a mixture of two classes. The network was trained with single classes only.",
        **common.URL_BOUND,
    )
    weight = st.slider(
        "Mixing weight",
        0.0,
        1.0,
        0.5,
        0.05,
        key="style_gan_mixing_weight",
        help="Weight of the second class, 0 to 1.",
        disabled=selected in (None, NO_CLASS),
        **common.URL_BOUND,
    )
    return (None if selected in (None, NO_CLASS) else names.index(selected) - 1), weight


# --- images -----------------------------------------------------------------------------------


def _generate(inputs: Inputs, z: np.ndarray, labels: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
    """Images (n, h, w[, 3]) of z (n, latent_dim); shift: (layers, W_DIM), added to w."""
    style_gan, model = common.module(), common.load(inputs.name)
    w = style_gan.map_latents(model, z, labels)
    w = style_gan.truncate(model, w, labels, inputs.psi, cutoff=inputs.cutoff)
    if shift is not None:
        w = w + shift
    return common.synthesize(model, w, common.noise(inputs.name, inputs.noise_seed))


def _large_image(inputs: Inputs, shift: np.ndarray | None, is_animated: bool) -> None:
    if is_animated:
        seeds = [(inputs.seed + k) % (shared_controls.MAX_SEED + 1) for k in range(N_WALK)]
        z = latent_space.closed_path(common.seed_latents(inputs.name, seeds), FRAMES_PER_SEED)
        frames = _generate(inputs, z, inputs.labels(len(z)), shift)
        seed_walk.show(frames, seeds, key="style_gan_seed_walk", on_snap=_set_seed)
        data, file, label = lambda: images.animate(frames, "gif", fps=12, scale=8), "style_gan_walk.gif", "GIF"
    else:
        image = _generate(inputs, common.seed_latents(inputs.name, [inputs.seed]), inputs.labels(1), shift)[0]
        image_display.show(image)
        data, file, label = lambda: images.png(image, scale=16), f"style_gan_seed_{inputs.seed}.png", "PNG"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(label, data, file, key="style_gan_download", icon=":material/download:", on_click="ignore")
        names = common.class_names(inputs.name)
        text = names[inputs.label]
        if inputs.second_label is not None:
            percent = round(100 * inputs.mixing_weight)
            text = f"{100 - percent} % {text}, {percent} % {names[inputs.second_label]}"
        st.caption(text)


def _set_seed(seed: int) -> None:
    presets_and_reset.set_widgets({"style_gan_seed": seed})


def _samples(inputs: Inputs) -> None:
    """A grid of one class with the seeds that follow; a click selects one."""
    seeds = [(inputs.seed // GRID**2 * GRID**2 + k) % (shared_controls.MAX_SEED + 1) for k in range(GRID**2)]
    generated = _generate(inputs, common.seed_latents(inputs.name, seeds), inputs.labels(GRID**2))
    index = seeds.index(inputs.seed)
    image_table.show(
        generated.reshape(GRID, GRID, *generated.shape[1:]),
        [""] * GRID,
        [""] * GRID,
        key="style_gan_samples",
        label=f"Samples of seeds {seeds[0]} to {seeds[-1]}. Click one to select its seed.",
        selected=divmod(index, GRID),
        on_pick=lambda row, column: _set_seed(seeds[row * GRID + column]),
    )
    st.caption(f"Seeds {seeds[0]} to {seeds[-1]}. Click an image to select it.")


def _all_classes(inputs: Inputs) -> None:
    """Each class with some seeds; a click selects the class and the seed."""
    names = common.class_names(inputs.name)
    seeds = [(inputs.seed + k) % (shared_controls.MAX_SEED + 1) for k in range(GRID)]
    z = np.tile(common.seed_latents(inputs.name, seeds), (len(names), 1))
    generated = _generate(inputs, z, np.eye(len(names), dtype="float32")[np.repeat(np.arange(len(names)), GRID)])

    def pick(row: int, column: int) -> None:
        presets_and_reset.set_widgets({"style_gan_class": names[row], "style_gan_seed": seeds[column]})

    image_table.show(
        generated.reshape(len(names), GRID, *generated.shape[1:]),
        names,
        [str(seed) for seed in seeds],
        key="style_gan_classes",
        label="All classes. Click an image to select its class and seed.",
        corner="Seed",
        offset=17,
        selected=(inputs.label, 0),
        on_pick=pick,
    )


def _adain(inputs: Inputs) -> None:
    """The two normalizations on the same latent vectors."""
    seeds = [(inputs.seed + k) % (shared_controls.MAX_SEED + 1) for k in range(GRID)]
    rows = []
    for name in (inputs.name, common.ADAIN[inputs.name]):
        common.load(name)
        other = Inputs(**(vars(inputs) | {"name": name}))
        rows.append(_generate(other, common.seed_latents(name, seeds), other.labels(len(seeds))))
    image_table.show(
        np.stack(rows),
        ["Demodulation\n(StyleGAN2)", "AdaIN\n(StyleGAN)"],
        [str(seed) for seed in seeds],
        key="style_gan_adain",
        label="Demodulation and AdaIN with the same latent vectors",
        corner="Seed",
    )
    st.caption(
        "Two models, trained in the same way, with the same z. AdaIN normalizes each feature map to the mean and the "
        "standard deviation that w sets. Demodulation assumes unit variance and scales the weights instead."
    )


def _code(inputs: Inputs) -> None:
    style_gan = common.module()
    labels = [round(float(each), 2) for each in inputs.labels(1)[0]]
    noise = "None" if inputs.noise_seed is None else f"style_gan.sample_noise(model, 1, {inputs.noise_seed})"
    amounts = direction_sliders.amounts()
    shift = ""
    if any(amounts):
        shift = f"""
        directions, deviations = latent_space.principal_directions(model, {inputs.label})
        shifted = latent_space.shift_along(w, directions, deviations, {amounts})
        w = style_gan.mix_styles(model, w, shifted, {direction_sliders.layers(common.load(inputs.name))})"""
    script = f"""
        from genmodels.media import images
        from genmodels.style_gan import latent_space
        from genmodels.style_gan import model as style_gan

        model = style_gan.load({inputs.name!r})
        z = style_gan.sample_latents(model, 1, {inputs.seed})  # (1, latent_dim)
        labels = [{labels}]  # weights of the classes
        w = style_gan.map_latents(model, z, labels)  # (1, {128})
        w = style_gan.truncate(model, w, labels, {inputs.psi}, cutoff={inputs.cutoff})  # one w per layer{shift}
        image = style_gan.synthesize(model, w, {noise})[0]
        open("style_gan.png", "wb").write(images.png(image, scale=16))
        """
    functions = [style_gan.map_latents, style_gan.truncate, style_gan.synthesize, latent_space.principal_directions]
    code_panel.show(script, functions, key="style_gan_explore", name="style_gan")
