"""One picture of the wall in hand, large: what the discriminator thinks of it, and where it can be taken."""

import streamlit as st

from pages.gan import common, sample_views, saved_latents
from pages.gan.selected_sample import Hand, Origin, hold
from ui import image_display, model_loading
from ui.page_layout import reader_text

SLICE = "Slice"
VIEWS = {"Sliders": sample_views.sliders, SLICE: sample_views.slice_through, "Neighbours": sample_views.neighbours}
KINDS = {"Every kind": sample_views.every_kind}  # only where one can ask for a kind


@st.fragment  # a moved slider redraws this half of the page only
@model_loading.show_weight_errors()
def show(name: str, origin: Origin) -> None:
    hand = hold(name, origin)
    views = VIEWS if origin.label is None else VIEWS | KINDS
    if st.session_state.get("gan_view") not in views:  # another model's
        st.session_state["gan_view"] = next(iter(views))
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "View", list(views), required=True, key="gan_view", label_visibility="collapsed", **common.KEEP
        )
        st.button(
            "Reset",
            key="gan_hand_reset",
            icon=":material/restart_alt:",
            type="tertiary",
            disabled=not hand.moved,
            help="Back to the picture that was picked.",
            on_click=lambda: st.session_state.pop("gan_home", None),
        )
    if view == SLICE:  # has a large picture of its own
        views[view](hand)
        _exactly(hand)
        return
    large, words = st.columns([1, 2], gap="medium", vertical_alignment="center")
    image_display.show(hand.picture, place=large)
    with words:
        _verdict(hand)
        _take_along(hand)
    views[view](hand)


def _exactly(hand: Hand) -> None:
    """What stands below a slice: the picture that was generated where the browser's blending ended."""
    exact, words = st.columns([1, 5], vertical_alignment="center")
    image_display.show(hand.picture, place=exact)
    with words:
        said = f"score {hand.score:+.1f}" if hand.critic else f"taken for real: {100 * hand.score:.0f} %"
        st.caption(f"Generated exactly where you let go, {said}. Above, your browser blends the four nearest pictures.")
        _take_along(hand)
    reader_text(
        "Every point of this square is a picture; all other directions stay as they are. The square reaches three "
        "standard deviations to each side: most of what training drew lies well inside."
    )


def _verdict(hand: Hand) -> None:
    kind = "" if hand.origin.label is None else f"Asked for: **{common.names(hand.name)[hand.origin.label]}**  \n"
    if hand.critic:
        st.markdown(f"{kind}The critic's score: **{hand.score:+.1f}**")
        return
    colour = "blue" if hand.score >= 0.5 else "orange"
    st.markdown(f"{kind}The discriminator takes it for real with")
    st.markdown(f"## :{colour}[{100 * hand.score:.0f} %]")


def _take_along(hand: Hand) -> None:
    st.caption("Take it along to the tab *Arithmetic* as")
    helps = {
        "From": "Where a walk between two begins.",
        "To": "Where a walk between two ends.",
        "A": "One of the three that a sum begins with.",
        "B": "One of the three that are taken away.",
        "C": "One of the three that are added.",
    }

    place = None if hand.moved else hand.origin.place

    def take(slot: str) -> None:
        saved_latents.take(hand.name, slot, saved_latents.Pick(hand.z, hand.origin.label, hand.source, place))
        st.toast(f"Taken along as {slot}.", icon=":material/check:")

    with st.container(horizontal=True, gap="small"):
        for slot, help in helps.items():
            st.button(slot, key=f"gan_take_{slot}", on_click=take, args=(slot,), help=help)
