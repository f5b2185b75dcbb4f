"""View of the selected sample: sliders along principal latent directions, or for the components of z."""

import numpy as np
import streamlit as st

from genmodels.gan import latent_directions
from genmodels.media import images
from pages.gan import common, selected_sample
from pages.gan.selected_sample import N_DIRECTIONS, SelectedSample
from ui import code_panel, image_display
from ui.components.latent_slice import EXTENT

STEP = 0.05  # of a slider, in standard deviations
STRIP_POSITIONS = np.linspace(-EXTENT, EXTENT, 7)
DIRECTIONS, COMPONENTS = "Principal directions", "Components of z"
N_COMPONENTS = 6  # components that have a slider at a time
PERCENTILES = "z is standard normal: −1 is the 16th percentile of the prior, 0 the 50th, 1 the 84th, 2 the 98th."


def show(sample: SelectedSample) -> None:
    kind = st.segmented_control(
        "Sliders",
        (DIRECTIONS, COMPONENTS),
        default=DIRECTIONS,
        required=True,
        key="gan_sliders",
        label_visibility="collapsed",
        help=f"z has {sample.z.size} entangled dimensions. The principal directions are sorted by how strongly the "
        "generated image changes along them; some are interpretable (length, width, brightness, class).",
        **common.URL_BOUND,
    )
    if kind == DIRECTIONS:
        st.caption("Principal latent directions (GANSpace), % of variance explained")
        _direction_sliders(sample)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Components of the latent vector z ({sample.z.size})", width="stretch")
        first = _first_component(sample)
    _component_sliders(sample, first)


def _direction_sliders(sample: SelectedSample) -> None:
    paths = []
    for i in range(N_DIRECTIONS):
        coordinates = np.repeat(np.array(sample.coordinates, "float32")[None], len(STRIP_POSITIONS), axis=0)
        coordinates[:, i] = STRIP_POSITIONS
        paths.append(latent_directions.set_coordinates(sample.start, sample.directions, coordinates))
    labels = [f"Direction {i + 1} ({100 * sample.directions.explained_variance[i]:.0f} %)" for i in range(N_DIRECTIONS)]

    def on_change(i: int) -> None:
        selected_sample.set_coordinates({i: float(st.session_state[f"gan_direction_{i}"])})

    _rows(
        sample,
        labels,
        [f"gan_direction_{i}" for i in range(N_DIRECTIONS)],
        sample.coordinates,
        paths,
        on_change,
        "Principal direction in latent space (GANSpace). The value is z along it, in standard deviations. "
        f"Percent: share of the explained image variance. The strip varies this direction only. {PERCENTILES}",
    )


def _first_component(sample: SelectedSample) -> int:
    """Index of the first component that has a slider."""
    starts = range(0, sample.z.size, N_COMPONENTS)
    if st.session_state.get("gan_first_component") not in starts:  # of a model with more dimensions
        st.session_state["gan_first_component"] = 0
    return st.selectbox(
        "Components",
        starts,
        format_func=lambda k: f"z{_subscript(k + 1)} to z{_subscript(min(k + N_COMPONENTS, sample.z.size))}",
        key="gan_first_component",
        label_visibility="collapsed",
        width=130,
        persist_state="session",
    )


def _component_sliders(sample: SelectedSample, first: int) -> None:
    indices = range(first, min(first + N_COMPONENTS, sample.z.size))
    paths = []
    for k in indices:
        path = np.repeat(sample.z[None], len(STRIP_POSITIONS), axis=0)
        path[:, k] = STRIP_POSITIONS
        paths.append(path)

    def on_change(i: int) -> None:
        k = indices[i]
        selected_sample.set_component(sample, k, float(st.session_state[f"gan_z_{k}"]))

    _rows(
        sample,
        [f"z{_subscript(k + 1)}" for k in indices],
        [f"gan_z_{k}" for k in indices],
        [float(sample.z[k]) for k in indices],
        paths,
        on_change,
        f"One component of the latent vector. The strip varies this component only. {PERCENTILES}",
    )


def _rows(sample: SelectedSample, labels, keys, values, paths, on_change, help: str) -> None:
    """One row per slider, with the images along it beside it."""
    gan, model = common.module(), common.load(sample.name)
    label = sample.selection.label
    classes = None if label is None else np.full(len(paths) * len(STRIP_POSITIONS), label)
    strips = np.split(gan.generate(model, np.concatenate(paths), classes), len(paths))
    with st.container(key="gan_latent_sliders", gap=None):
        for i, strip in enumerate(strips):
            left, right = st.columns([2, 3], vertical_alignment="center", gap="small")
            st.session_state[keys[i]] = round(float(np.clip(values[i], -EXTENT, EXTENT)), 2)
            left.slider(labels[i], -EXTENT, EXTENT, step=STEP, key=keys[i], on_change=on_change, args=(i,), help=help)
            image_display.show(images.tile(strip[None], gap=1), container=right)


def code(sample: SelectedSample) -> None:
    label = sample.selection.label
    script = f"""
        from genmodels.gan import latent_directions
        from genmodels.gan import model as gan
        from genmodels.media import images

        model = gan.load({sample.name!r})
        z = {sample.source}  # ({sample.z.size},)
        image = gan.generate(model, z[None]{"" if label is None else f", [{label}]"})[0]
        open("gan.png", "wb").write(images.png(image, scale=10))
        """
    functions = [
        latent_directions.fit_directions,
        latent_directions.principal_directions,
        latent_directions.set_coordinates,
        latent_directions.set_components,
    ]
    code_panel.show(script, functions, key="latent_sliders", name="gan_directions")


def _subscript(n: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(n))
