"""Explore: a grid of random samples, and views of the selected one, the latent sliders first."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from genmodels.gan import training_history
from genmodels.gan.config import CONFIGS
from pages.gan import common, latent_sliders, sample_views, samples, saved_latents, selected_sample
from pages.gan.components import sample_grid
from pages.gan.samples import COLUMNS, N_SAMPLES
from pages.gan.selected_sample import SelectedSample, Selection
from ui import address, code_panel, image_display, model_loading, presets_and_reset
from ui.page_layout import result_and_controls

DEFAULTS = {
    "gan_seed": samples.DEFAULT_SEED,
    "gan_truncation": 1.0,
    "gan_sort_by_score": False,
    "gan_class": samples.ALL_CLASSES,
}
LATENT_PLANE, ALL_CLASSES = "2-D slice", "All classes"
VIEWS: dict[str, Callable[[SelectedSample], None]] = {
    "Latent sliders": latent_sliders.show,
    LATENT_PLANE: sample_views.latent_plane,
    "Nearest neighbors": sample_views.nearest_neighbors,
    ALL_CLASSES: sample_views.all_classes,  # conditional models only
}
CODE = {"Latent sliders": latent_sliders.code, "Nearest neighbors": sample_views.neighbors_code}
WIDTHS = (3, 1)


def show(name: str) -> None:
    classes = CONFIGS[name].classes
    result, controls = result_and_controls("explore", WIDTHS)
    with controls:
        view = _view_control(classes)
        label = samples.class_control(name, classes)
        seed = samples.seed_control()
        scale, sort = _scale_and_order()
    if not model_loading.tensorflow_ready():
        with result:
            _loading_placeholder(name)
        st.fragment(_poll_until_ready, run_every=1.5)()
        return
    common.load(name)  # here, because it shows a spinner: a cached function would record it
    grid = samples.generate_grid(name, seed, label, scale)
    order = np.argsort(-grid.scores, kind="stable") if sort else np.arange(N_SAMPLES)
    index = selected_index()
    with result:
        left, right = st.columns([5, 7], gap="medium")
        with left:
            sample_grid.show(
                grid.images[order],
                grid.scores[order],
                columns=COLUMNS,
                key="gan_sample_grid",
                label=f"{N_SAMPLES} generated images. Arrow keys and Enter select one.",
                on_select=lambda k: st.session_state.update(gan_sample=int(order[k])),
                selected=int(np.flatnonzero(order == index)[0]),
                critic=grid.critic,
            )
            st.caption(samples.score_summary(grid), help=_score_help(name))
        with right:
            selected_label = None if grid.labels is None else int(grid.labels[index])
            token, position = f"{seed}/{index}/{scale}", (seed, index) if scale == 1 else None
            source = samples.source(seed, index, scale)
            _selected(name, Selection(grid.z[index], selected_label, source, token, position), view)
    _code(name, seed, label, classes)


def selected_index() -> int:
    """The index of the selected sample; part of the link."""
    if address.counts("gan_sample"):
        index = st.query_params.get("gan_sample", "")
        st.session_state["gan_sample"] = int(index) % N_SAMPLES if index.isdecimal() and len(index) < 6 else 0
    index = st.session_state["gan_sample"]
    address.write({"gan_sample": str(index) if index else None})
    return index


# --- controls ---------------------------------------------------------------------------------


def _view_control(classes: int) -> str:
    views = [view for view in VIEWS if classes or view != ALL_CLASSES]
    if st.session_state.get("gan_view") not in views:  # of another model
        st.session_state["gan_view"] = views[0]
    return st.radio(
        "Selected sample",
        views,
        key="gan_view",
        help="Click an image in the grid to select it. The views edit its latent vector z, or show its surroundings.",
        **common.URL_BOUND,
    )


def _scale_and_order() -> tuple[float, bool]:
    scale = st.slider(
        "Latent scale ψ",
        0.0,
        2.0,
        DEFAULTS["gan_truncation"],
        0.05,
        key="gan_truncation",
        help="Multiplies z (StyleGAN calls it truncation ψ). Below 1: less diverse, more typical samples. "
        "Above 1: more diverse, more artifacts.",
        **common.URL_BOUND,
    )
    sort = st.toggle(
        "Sort by D(x)", key="gan_sort_by_score", help="Highest discriminator score first.", **common.URL_BOUND
    )
    presets_and_reset.reset(DEFAULTS, key="gan_explore_reset")
    return scale, sort


def _score_help(name: str) -> str:
    model = common.load(name)
    text = (
        f"Each image is G(z) for a random {model.latent_dim}-D latent vector z. Below it: D(G(z)), the discriminator's "
        "probability that it is real; at equilibrium it would be 0.5. **Click an image** to select it."
    )
    if model.reference_batch is not None:
        text += (
            " This discriminator uses minibatch discrimination: each image is evaluated in a fixed reference batch of "
            f"{len(model.reference_batch)} images, half of them real."
        )
    return text


# --- the selected sample ----------------------------------------------------------------------


@st.fragment  # an edit reruns this part of the page only
@model_loading.show_weight_errors()
def _selected(name: str, selection: Selection, view: str) -> None:
    sample = selected_sample.select(name, selection)
    with st.container(gap="small"):
        if view != LATENT_PLANE:
            _image(sample)
        VIEWS[view](sample)
        if view == LATENT_PLANE:  # after its component, which has an image of its own
            _image(sample)
        if view in CODE:
            CODE[view](sample)


def _image(sample: SelectedSample) -> None:
    """The generated image, its score, and what can be done with it."""
    image, actions = st.columns([2, 5], gap="small", vertical_alignment="center")
    image_display.show(sample.image, container=image)
    label = sample.selection.label
    class_name = "" if label is None else f"{common.names(sample.name)[label]}: "
    score = common.score_text(sample.score, critic=sample.critic)
    color = "blue" if sample.critic or sample.score >= 0.5 else "orange"
    with actions.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            text = f"{class_name}**{'critic score' if sample.critic else 'D(x) ='} :{color}[{score}]**"
            st.markdown(text, width="content", help="Discriminator score of the image: the probability of being real.")
            st.button(
                "Reset",
                key="gan_sample_reset",
                icon=":material/restart_alt:",
                type="tertiary",
                disabled=not sample.is_edited,
                help="Restore the selected sample.",
                on_click=selected_sample.reset,
            )
        _add_to_arithmetic(sample)


def _add_to_arithmetic(sample: SelectedSample) -> None:
    helps = {
        "Start": "Start image of the interpolation.",
        "End": "End image of the interpolation.",
        "A": "Add to group A.",
        "B": "Add to group B, which is subtracted.",
        "C": "Add to group C, which is added.",
    }
    position = None if sample.is_edited else sample.selection.position

    def add(slot: str) -> None:
        latent = saved_latents.SavedLatent(sample.z, sample.selection.label, sample.source, position)
        saved_latents.add(sample.name, slot, latent)
        st.toast(f"Added to {slot}.", icon=":material/check:")

    st.caption("Use in *Latent arithmetic* as")
    with st.container(horizontal=True, gap="xsmall"):
        for slot, help in helps.items():
            st.button(slot, key=f"gan_add_{slot}", on_click=add, args=(slot,), help=help)


# --- while TensorFlow is loading --------------------------------------------------------------


def _loading_placeholder(name: str) -> None:
    """Samples from the end of the training, until the generator is loaded."""
    left, right = st.columns([5, 7], gap="medium")
    image_display.show(last_training_grid(name), container=left)
    right.info(
        "Stored samples from the end of training. The generator is loading (about ten seconds).",
        icon=":material/hourglass_empty:",
    )


def _poll_until_ready() -> None:
    """Only a check: running the whole page repeatedly would delay the import."""
    if model_loading.tensorflow_ready():
        st.rerun()


@st.cache_data(show_spinner=False)
def last_training_grid(name: str) -> np.ndarray:
    return training_history.sample_grid(training_history.read(name), -1)


def _code(name: str, seed: int, label: int | None, classes: int) -> None:
    gan = common.module()
    labels = ""
    if classes:
        labels = f", np.arange({N_SAMPLES}) % {classes}" if label is None else f", np.full({N_SAMPLES}, {label})"
    script = f"""
        import numpy as np

        from genmodels.gan import model as gan
        from genmodels.media import images

        model = gan.load({name!r})
        z = gan.sample_latents(model, {N_SAMPLES}, {seed})  # ({N_SAMPLES}, latent_dim)
        samples = gan.generate(model, z{labels})
        scores = gan.discriminate(model, samples{labels})
        print(np.round(scores, 2))
        grid = samples.reshape({COLUMNS}, {N_SAMPLES // COLUMNS}, *samples.shape[1:])
        open("gan_samples.png", "wb").write(images.png(images.tile(grid), scale=4))
        """
    code_panel.show(script, [gan.sample_latents, gan.generate, gan.discriminate], key="explore", name="gan_samples")
