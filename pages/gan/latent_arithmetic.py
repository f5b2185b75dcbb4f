"""Arithmetic: sums of codes, and the way from one code to another."""

import streamlit as st

from pages.gan import common, explore, interpolation, saved_latents, vector_arithmetic
from pages.gan.components import sample_grid
from ui import model_loading
from ui.page_layout import reader_text

SUM, WAY = "A − B + C", "Between two"
SLOTS = {SUM: ("A", "B", "C"), WAY: ("From", "To")}


def show(name: str) -> None:
    model = common.load(name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control(
            "What", list(SLOTS), default=SUM, required=True, key="gan_sum", label_visibility="collapsed", **common.KEEP
        )
        seed, kind = explore.which(name, model.classes)
    slots = SLOTS[view]
    drawn = explore.draw(name, seed, kind)
    if not any(saved_latents.of(name)[slot] for slot in slots):
        {SUM: vector_arithmetic.suggest, WAY: interpolation.suggest}[view](name, drawn, seed)
    left, right = st.columns([5, 8], gap="large")
    with left:
        _wall(name, drawn, seed, slots)
    with right, model_loading.show_weight_errors():
        {SUM: vector_arithmetic.show, WAY: interpolation.show}[view](name)
    if view == SUM:
        reader_text(
            "Codes can be added. Take three pictures that have something, take away three that differ from them in one "
            "thing only, add three others: the answer tends to have what was left. The mean of three is taken because "
            "one picture alone carries too much of its own. The middle one is the answer; around it each number of "
            "the code is off by up to 0.25, to show that it is a place and not a stroke of luck."
        )
    else:
        reader_text(
            "Gaussian codes of many dimensions all lie near a sphere around the middle. The straight line cuts "
            "through it, where training never was; the arc stays outside. Neither is a double exposure, as the "
            "blended pixels are."
        )


def _wall(name: str, drawn: explore.Drawn, seed: int, slots: tuple[str, ...]) -> None:
    """The wall to pick from, and which slot the next click fills."""
    if st.session_state.get("gan_fill") not in slots:
        st.session_state["gan_fill"] = slots[0]

    def pick(k: int) -> None:
        slot = st.session_state["gan_fill"]
        if len(saved_latents.of(name)[slot]) == saved_latents.SLOTS[slot]:
            saved_latents.clear(name, slot)  # a full one begins anew
        saved_latents.take(name, slot, explore.pick(drawn, seed, k))
        if len(saved_latents.of(name)[slot]) == saved_latents.SLOTS[slot]:
            st.session_state["gan_fill"] = slots[(slots.index(slot) + 1) % len(slots)]

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "A click fills",
            slots,
            required=True,
            key="gan_fill",
            help="Click pictures of the wall, or take some along from the tab Explore. A full one begins anew.",
        )
        st.button(
            "Suggest",
            key="gan_suggest",
            icon=":material/lightbulb:",
            on_click=saved_latents.clear,
            args=(name, *slots),
            help="Puts back what this began with.",
        )
    marks: dict[int, str] = {}
    for slot in slots:
        for each in saved_latents.of(name)[slot]:
            if each.place is not None and each.place[0] == seed:
                number = each.place[1]
                marks[number] = marks.get(number, "") + slot
    sample_grid.show(
        drawn.pictures,
        drawn.scores,
        columns=explore.COLUMNS,
        key="gan_pick_wall",
        label="Generated pictures to pick from. Arrow keys and Enter pick one.",
        on_pick=pick,
        marks=marks,
        critic=drawn.critic,
    )
