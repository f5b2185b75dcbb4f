"""Latent arithmetic: vector arithmetic A - B + C, and interpolation between two latent vectors."""

import streamlit as st

from pages.gan import common, interpolation, samples, saved_latents, vector_arithmetic
from pages.gan.components import sample_grid
from ui import model_loading
from ui.page_layout import result_and_controls

ARITHMETIC, INTERPOLATION = "A − B + C", "Interpolation"
OPERATIONS = {ARITHMETIC: vector_arithmetic, INTERPOLATION: interpolation}


def show(name: str) -> None:
    model = common.load(name)
    result, controls = result_and_controls("latent_arithmetic", (7, 3))
    with controls:
        operation = st.segmented_control(
            "Operation",
            list(OPERATIONS),
            default=ARITHMETIC,
            required=True,
            key="gan_operation",
            label_visibility="collapsed",
            **common.URL_BOUND,
        )
        module = OPERATIONS[operation]
        settings = module.controls(name)
        grid, seed = _sample_controls(name, model.classes)
        if not any(saved_latents.slots(name)[slot] for slot in module.SLOTS):
            module.add_defaults(name, grid, seed)
        _selectable_samples(name, grid, seed, module.SLOTS)
    with result, model_loading.show_weight_errors():
        module.show(name, settings)
    module.code(name, settings)


def _sample_controls(name: str, classes: int) -> tuple[samples.SampleGrid, int]:
    label = samples.class_control(name, classes)
    seed = samples.seed_control()
    return samples.generate_grid(name, seed, label), seed


def _selectable_samples(name: str, grid: samples.SampleGrid, seed: int, slots: tuple[str, ...]) -> None:
    """The grid of samples, and the slot to which a click adds."""
    if st.session_state.get("gan_active_slot") not in slots:
        st.session_state["gan_active_slot"] = slots[0]

    def select(k: int) -> None:
        slot = st.session_state["gan_active_slot"]
        if saved_latents.is_full(name, slot):
            saved_latents.clear(name, slot)
        saved_latents.add(name, slot, samples.saved(grid, seed, k))
        if saved_latents.is_full(name, slot):
            st.session_state["gan_active_slot"] = slots[(slots.index(slot) + 1) % len(slots)]

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "Add clicked image to",
            slots,
            required=True,
            key="gan_active_slot",
            help="Click images in the grid, or send them from Explore. A full group is cleared first.",
        )
        st.button(
            "Reset",
            key="gan_default_latents",
            icon=":material/restart_alt:",
            type="tertiary",
            on_click=saved_latents.clear,
            args=(name, *slots),
            help="Restore the default images.",
        )
    marks: dict[int, str] = {}
    for slot in slots:
        for latent in saved_latents.slots(name)[slot]:
            if latent.position is not None and latent.position[0] == seed:
                index = latent.position[1]
                marks[index] = marks.get(index, "") + slot
    sample_grid.show(
        grid.images,
        grid.scores,
        columns=samples.COLUMNS,
        key="gan_selectable_samples",
        label="Generated images to select from. Arrow keys and Enter select one.",
        on_select=select,
        marks=marks,
        captions=[""] * len(grid.scores),  # bars only, so that all rows fit on the screen
        critic=grid.critic,
    )
